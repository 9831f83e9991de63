package test

import (
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

//go:embed testdata/spy.py
var spyBackend string

// seen is what a spy reports.
type seen struct {
	Secrets    []string          // where it found a login
	Planted    []string          // where it found what it should find
	Listening  []int             // the ports of its own network on which something does
	Interfaces []string          // of the network
	Mounts     []string          // that it can write to
	Spoiled    []string          // wheels that it has replaced
	Answers    map[string]string // of the index that it asked by its address
}

// spyPlan is what a spy is told.
type spyPlan struct {
	Name    string   `json:"name"`
	Words   []string `json:"words"`   // that give a login away, in hex: the plan itself is not to be found
	Planted []string `json:"planted"` // the same of what it is to find
	Host    string   `json:"host"`    // of the index
	Port    int      `json:"port"`
	Paths   []string `json:"paths"` // to ask it for
	Wheel   string   `json:"wheel"` // in hex: what it puts in the place of other wheels
}

// spy is a package whose backend looks for what it should not get at.
func spy(t *testing.T, plan spyPlan) pindex.Sdist {
	t.Helper()
	text, err := json.Marshal(plan)
	must(t, err)
	return unseen(t, plan.Name, map[string]string{
		"pyproject.toml": "[build-system]\nrequires = [\"plugin\"]\nbuild-backend = \"spy\"\nbackend-path = [\"backend\"]\n\n" +
			"[project]\nname = \"" + plan.Name + "\"\nversion = \"1.0\"\n",
		"backend/spy.py": spyBackend, "backend/backend.py": strings.Replace(backend, `p.name != "backend.py"`, `p.parts[0] != "backend"`, 1),
		"spy.json": string(text),
	})
}

// report reads what a spy has left in an image.
func report(t *testing.T, o outcome, name string) (s seen) {
	t.Helper()
	if o.err != nil {
		t.Fatalf("%s\n%s", printed(o.err), o.log)
	}
	f := o.image.files[site+name+".py"]
	if f == nil {
		t.Fatalf("%s.py is not there", name)
	}
	if err := json.Unmarshal([]byte(strings.TrimPrefix(string(f.data), "seen = ")), &s); err != nil {
		t.Fatalf("%v: %s", err, f.data)
	}
	return s
}

// plugin is a build requirement that is there as an sdist only, and says who it is. Two
// calls never give the same one.
func plugin(t *testing.T, who string) pindex.Sdist {
	files := library(t, "plugin", "1.0")
	files["plugin.py"] = "who = '" + who + "'\n"
	return unseen(t, "plugin", files)
}

// user is a package that is built with the plugin, and says which one that was.
func user(t *testing.T, name string) pindex.Sdist {
	files := library(t, name, "1.0")
	files["pyproject.toml"] = strings.Replace(files["pyproject.toml"], "requires = []", "requires = [\"plugin\"]", 1)
	files["backend.py"] = "import plugin\n" + strings.Replace(backend, "path.read_text())", `path.read_text() + f"plugin = '{plugin.who}'\n")`, 1)
	return unseen(t, name, files)
}

// evil is a wheel to put in the place of the plugin's.
func evil() string {
	return inHex(string(pindex.Wheel{Name: "plugin", Version: "1.0", Files: map[string]string{"plugin.py": "who = 'evil'\n"}}.Bytes()))
}

// hidden is a file of the index that no build asks for.
const hidden = "/files/hidden-1.0.tar.gz"

// planted is a variable's value that a spy finds if it looks where it should.
const planted = "planted for the spy"

const plantedEnv = "env = {PLANTED = \"" + planted + "\"}\n"

func inHex(text string) string { return hex.EncodeToString([]byte(text)) }

// behindLogin is a project whose index takes a login, and gives private text for one.
func behindLogin(t *testing.T, settings string) (*project, map[string][]byte, spyPlan) {
	t.Helper()
	p := newGitProject(t, settings)
	p.index.Add(plugin(t, "honest"))
	p.index.Set(pindex.Options{Username: "me", Password: hunter})
	p.index.Add(pindex.Raw{Package: "hidden", Name: path.Base(hidden), Data: []byte("private-text")})
	at, err := url.Parse(p.index.URL)
	must(t, err)
	host, port, err := net.SplitHostPort(at.Host)
	must(t, err)
	number, err := strconv.Atoi(port)
	must(t, err)
	secrets := map[string][]byte{
		"POETRY_HTTP_BASIC_LOCAL_USERNAME": []byte("me"), "POETRY_HTTP_BASIC_LOCAL_PASSWORD": []byte(hunter),
		"netrc":     []byte("machine " + host + " login bot password \"netrc-" + hunter + "\"\n"),
		"auth.toml": []byte("[http-basic.local]\nusername = \"me\"\npassword = \"auth-" + hunter + "\"\n"),
	}
	return p, secrets, spyPlan{
		Words:   []string{inHex(hunter), inHex(base64.StdEncoding.EncodeToString([]byte("me:" + hunter)))},
		Planted: []string{inHex(planted)},
		Host:    host, Port: number, Paths: []string{hidden, "/simple/plugin/"}, Wheel: evil(),
	}
}

// itsOwn is where a build may write: to its root, which is thrown away, and its output.
var itsOwn = []string{"/", "/out"}

// Code of a package finds no login, no network, nobody to ask and nothing to write to that
// another build reads. What it leaves running does not hold the build.
func TestBuildSeesNothing(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		p, secrets, plan := behindLogin(t, "[tool.quatrain.build]\n"+plantedEnv)
		plan.Name = "sneaky"
		p.addFiles(t, spy(t, plan))
		p.write(t)
		s := report(t, build(t, m, request{dir: p.dir, secrets: secrets}), "sneaky")
		if !slices.Contains(s.Planted, "/proc/1/environ") {
			t.Errorf("this looks at less than it says: what was planted was found in %q only", s.Planted)
		}
		if len(s.Secrets)+len(s.Listening)+len(s.Spoiled) > 0 {
			t.Errorf("it found %+v", s)
		}
		if !slices.Equal(s.Interfaces, []string{"lo"}) {
			t.Errorf("it has the networks %q", s.Interfaces)
		}
		for path, text := range s.Answers {
			if text != "" {
				t.Errorf("%s answers %q", path, text)
			}
		}
		if !slices.Equal(s.Mounts, itsOwn) {
			t.Errorf("it can write to %q, not to %q alone", s.Mounts, itsOwn)
		}
	})
}

// A project may allow a build the network. It has no login all the same.
func TestBuildWithNetwork(t *testing.T) {
	p, secrets, plan := behindLogin(t, "[tool.quatrain.build]\nnetwork = [\"sneaky\"]\n"+plantedEnv)
	plan.Name = "sneaky"
	p.addFiles(t, spy(t, plan))
	p.addFiles(t, user(t, "plain"))
	p.write(t)
	s := report(t, build(t, inProcess, request{dir: p.dir, secrets: secrets}), "sneaky")
	if !strings.Contains(s.Answers[hidden], " 401 ") {
		t.Errorf("it did not reach the index: %q", s.Answers)
	}
	if len(s.Secrets)+len(s.Spoiled) > 0 || !slices.Equal(s.Mounts, itsOwn) {
		t.Errorf("it found %+v", s)
	}
}

// Two projects on one daemon, and two packages of one project: what the build of one can
// write, no other reads. The honest ones are built before and after the hostile one.
func TestBuildSpoilsNothing(t *testing.T) {
	honest := func(t *testing.T, p *project, secrets map[string][]byte, names ...string) {
		t.Helper()
		o := build(t, inProcess, request{dir: p.dir, secrets: secrets})
		if o.err != nil {
			t.Fatalf("%s\n%s", printed(o.err), o.log)
		}
		for _, name := range names {
			if f := o.image.files[site+name+".py"]; f == nil || !strings.Contains(string(f.data), "plugin = 'honest'") {
				t.Errorf("%s was built with another plugin: %v", name, f)
			}
		}
	}
	victim, secrets, _ := behindLogin(t, "")
	victim.addFiles(t, user(t, "first"))
	honest(t, victim.write(t), secrets, "first")

	hostile, others, plan := behindLogin(t, "")
	plan.Name = "sneaky"
	hostile.addFiles(t, spy(t, plan))
	if s := report(t, build(t, inProcess, request{dir: hostile.write(t).dir, secrets: others}), "sneaky"); len(s.Spoiled) > 0 {
		t.Errorf("it replaced %q", s.Spoiled)
	}

	victim.addFiles(t, user(t, "second"))
	honest(t, victim.write(t), secrets, "first", "second")
	hostile.addFiles(t, user(t, "neighbour"))
	honest(t, hostile.write(t), others, "neighbour")
}

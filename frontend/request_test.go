package frontend_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/buildkit/solver/pb"
	"github.com/moby/buildkit/util/apicaps"
)

func args(pairs ...string) map[string]string {
	opts := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		opts[pairs[i]] = pairs[i+1]
	}
	return opts
}

// What docker build passes on reaches the graph and the image.
func TestOptions(t *testing.T) {
	for name, c := range map[string]struct {
		opts  map[string]string
		graph []string // parts of the printed graph
	}{
		"platform":                 {args("platform", "linux/arm64"), []string{"python:3.12-slim linux/arm64"}},
		"python":                   {args("build-arg:PYTHON_VERSION", "3.13"), []string{"library/python:3.13-slim"}},
		"hosts":                    {args("add-hosts", "index.example.com=10.0.0.1"), []string{"host index.example.com 10.0.0.1"}},
		"limits":                   {args("ulimit", "nofile=1024:2048", "shm-size", "67108864", "cgroup-parent", "own"), []string{"ulimit nofile 1024:2048", "/dev/shm = tmpfs 67108864", "cgroup own"}},
		"network":                  {args("force-network-mode", "host"), []string{"network host\n    / = scratch\n    /.quatrain/answers", "network none"}},
		"no cache":                 {args("no-cache", ""), []string{"exec linux/amd64 no-cache"}},
		"proxy":                    {args("build-arg:https_proxy", "http://p:1", "build-arg:NO_PROXY", "x"), []string{"proxy http= https=http://p:1 ftp= no=x all="}},
		"namespace":                {args("build-arg:BUILDKIT_CACHE_MOUNT_NS", "ns"), []string{"cache ns/quatrain-answers"}},
		"base as context":          {args("context:python:3.12-slim", "docker-image://example.com/base:1"), []string{"docker-image://example.com/base:1"}},
		"a company's certificates": {args("context:ca", "local:ca"), []string{"/.quatrain/ca.d = <[context ca] load from client>"}},
	} {
		t.Run(name, func(t *testing.T) {
			graph := build(t, asked{opts: c.opts}).graph(t)
			for _, want := range c.graph {
				if !strings.Contains(graph, want) {
					t.Errorf("no %q in\n%s", want, graph)
				}
			}
		})
	}
}

// --no-cache-filter names the part of the graph that runs again.
func TestNoCacheFilter(t *testing.T) {
	more := toml + `apt = ["libpq5"]

[tool.quatrain.build]
apt = ["gcc"]

[tool.quatrain.target.worker]
from = "production"

[tool.quatrain.target.test]
command = "check"

[tool.quatrain.target.e2e]
from = "test"
`
	for _, c := range []struct{ target, filter, again, warning string }{
		{"", "", "apt libpq5, compile project, compile small 2, facts, forget, install small 2, locate, venv", ""},
		{"", "base", "apt libpq5, facts", ""},
		{"development", "builder", "apt gcc, forget, install small 2, locate, venv", ""},
		{"", "production", "compile project", ""}, // the target without a name
		{"worker", "worker", "compile project", ""},
		{"worker", "production", "compile project", ""}, // it is from that
		{"worker", "test", "", ""},
		{"test", "test", "test", ""},
		{"e2e", "test", "test", ""},
		{"test", "test,base", "apt libpq5, facts, test", ""},
		{"", "prodution", "", `--no-cache-filter: target "prodution" is not defined. Did you mean production?`},
	} {
		t.Run(c.target+" without the cache of "+c.filter, func(t *testing.T) {
			a := build(t, asked{files: map[string]string{"pyproject.toml": more}, opts: args("target", c.target, "no-cache", c.filter)})
			var again []string
			for _, step := range freshStep.FindAllStringSubmatch(a.graph(t), -1) {
				again = append(again, step[1]+step[2])
			}
			slices.Sort(again)
			if got := strings.Join(again, ", "); got != c.again {
				t.Errorf("%s run again, want %s", got, c.again)
			}
			if warned := strings.Join(a.warnings, "\n"); warned != c.warning {
				t.Errorf("warnings: %s", warned)
			}
		})
	}
}

// freshStep is a step that no cache is used for: its kind, and where there are several
// of that what it is about.
var freshStep = regexp.MustCompile(`(?m)^\[(\w+(?: small \d)?)\]((?: small \d| project| libpq5| gcc)?).*\n    exec .* no-cache$`)

const oci = "org.opencontainers.image."

// Labels of the project's metadata give way to the settings', all to the request's.
func TestLabels(t *testing.T) {
	a := build(t, asked{
		files: map[string]string{"pyproject.toml": toml + `labels = { a = "file", b = "file", "org.opencontainers.image.title" = "file" }` + "\n"},
		opts:  args("label:b", "request", "label:c", "request", "label:"+oci+"version", "request"),
	})
	said := map[string]string{oci + "title": "file", oci + "version": "request", oci + "base.name": "docker.io/library/python:3.12-slim"}
	want := map[string]string{"a": "file", "b": "request", "c": "request"}
	maps.Copy(want, said)
	if diff := cmp.Diff(want, a.config(t).Labels); diff != "" {
		t.Error(diff)
	}
	annotations := map[string]string{}
	for key, value := range a.result.Metadata {
		if name, ok := strings.CutPrefix(key, "annotation-manifest."); ok {
			annotations[name] = string(value)
		}
	}
	if diff := cmp.Diff(said, annotations); diff != "" {
		t.Errorf("the manifest's annotations: %s", diff)
	}
}

// A base of a build context has no name that anyone could look up.
func TestLabelsOfANamelessBase(t *testing.T) {
	a := build(t, asked{opts: args("target", "base", "context:python:3.12-slim", "docker-image://example.com/base:1")})
	if labels := a.config(t).Labels; len(labels) > 0 {
		t.Errorf("labels %v", labels)
	}
}

// A stub's keys are the last word; its file is where their errors are.
func TestStub(t *testing.T) {
	stub := map[string]string{"api.Dockerfile": "# syntax=quatrain/poetry:1\ncommand = [\"python\", \"-m\", \"shop.api\"]\nports = [80]\n"}
	c := build(t, asked{files: stub, opts: args("filename", "api.Dockerfile")}).config(t)
	if !slices.Equal(c.Cmd, []string{"python", "-m", "shop.api"}) || len(c.ExposedPorts) != 1 {
		t.Errorf("%+v", c)
	}
	mono := map[string]string{
		"api.Dockerfile":               "# syntax=quatrain/poetry:1\nproject-dir = \"services/shop\"\n",
		"services/shop/pyproject.toml": strings.Replace(toml, "shop:main", "shop:inner", 1), "services/shop/poetry.lock": lock,
		"services/shop/shop/__init__.py": "",
	}
	if graph := build(t, asked{files: mono, opts: args("filename", "api.Dockerfile")}).graph(t); !strings.Contains(graph, "copy <[internal] load project>/services/shop -> /app") {
		t.Error(graph)
	}
	wrong := map[string]string{"api.Dockerfile": "# syntax=quatrain/poetry:1\ncomand = \"x\"\n"}
	got := build(t, asked{files: wrong, opts: args("filename", "api.Dockerfile")}).printed()
	if !strings.Contains(got, "api.Dockerfile:2") || !strings.Contains(got, ">>> comand") {
		t.Error(got)
	}
}

func TestWarnings(t *testing.T) {
	a := build(t, asked{opts: args(
		"build-arg:PYTHONVERSION", "3.12", "build-arg:ENVIRONMENT", "x",
		"build-arg:BUILDKIT_INLINE_CACHE", "1", "build-arg:HTTP_PROXY", "http://p:1")})
	if a.err != nil {
		t.Fatal(a.err)
	}
	want := []string{
		"build argument ENVIRONMENT is not used",
		"build argument PYTHONVERSION is not used. Did you mean PYTHON_VERSION?",
	}
	if diff := cmp.Diff(want, a.warnings); diff != "" {
		t.Error(diff)
	}
}

// The last second that an image's time can have is one that it gets.
func TestLastEpoch(t *testing.T) {
	if a := build(t, asked{opts: args("build-arg:SOURCE_DATE_EPOCH", "253402300799")}); a.err != nil || !strings.Contains(string(a.result.Metadata["containerimage.config"]), `"created":"9999-12-31T23:59:59Z"`) {
		t.Error(a.err)
	}
}

func TestBadRequests(t *testing.T) {
	for name, c := range map[string]struct {
		asked asked
		want  string
	}{
		"epoch":       {asked{opts: args("build-arg:SOURCE_DATE_EPOCH", "yesterday")}, `SOURCE_DATE_EPOCH="yesterday" is not a number of seconds`},
		"late epoch":  {asked{opts: args("build-arg:SOURCE_DATE_EPOCH", "253402300800")}, "SOURCE_DATE_EPOCH=253402300800 is not between 0 and 253402300799"},
		"huge epoch":  {asked{opts: args("build-arg:SOURCE_DATE_EPOCH", "99999999999999999999")}, "SOURCE_DATE_EPOCH=99999999999999999999 is not between 0 and 253402300799"},
		"early epoch": {asked{opts: args("build-arg:SOURCE_DATE_EPOCH", "-1")}, "SOURCE_DATE_EPOCH=-1 is not between 0 and 253402300799"},
		"platform":    {asked{opts: args("platform", "linux/mips64")}, "unknown platform linux/mips64"},
		"old":         {asked{without: []apicaps.CapID{pb.CapSourceDateEpoch}}, "this builder is too old: Quatrain needs BuildKit 0.11 or Docker 24 or newer"},
		"no folder":   {asked{opts: args("build-arg:project-dir", "services/x")}, "pyproject.toml not found in services/x in the build context"},
		"above":       {asked{opts: args("build-arg:project-dir", "../shop")}, "build argument project-dir=\"../shop\" is not a folder in the build context\nhint: Write it relative"},
		"out, inside": {asked{opts: args("build-arg:project-dir", "services/../../shop")}, "build argument project-dir=\"services/../../shop\" is not a folder in the build context"},
		"absolute":    {asked{opts: args("build-arg:project-dir", "/shop")}, "build argument project-dir=\"/shop\" is not a folder in the build context"},
		"python":      {asked{opts: args("build-arg:PYTHON_VERSION", "newest")}, `Python version "newest" of the build argument PYTHON_VERSION is not of the form 3.12`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := build(t, c.asked).printed(); !strings.Contains(got, c.want) {
				t.Errorf("%q", got)
			}
		})
	}
}

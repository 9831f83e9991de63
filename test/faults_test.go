package test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// The phases of a build, in order.
const (
	phaseRead    = "read"
	phaseLocate  = "locate"
	phaseFetch   = "fetch"
	phaseGit     = "git"
	phaseBuild   = "build"
	phaseInstall = "install"
	phaseCompile = "compile"
	phasePrepare = "prepare"
	phaseExport  = "export"
)

var phases = []string{phaseRead, phaseLocate, phaseFetch, phaseGit, phaseBuild, phaseInstall, phaseCompile, phasePrepare, phaseExport}

// faultCase is a fault in a phase. One of breaks and strikes is set.
type faultCase struct {
	fault, phase string
	short        bool                                          // also part of `make test`
	wants        string                                        // a pattern that the failed build prints; "": the build succeeds
	breaks       misbehave                                     // of the phase's server
	times        int                                           // how many of its requests; below 0: all
	strikes      func(f *faultRun) (end func())                // when the phase has begun
	before       bool                                          // strikes before the build
	moment       func(f *faultRun) (server *gate, path string) // in place of the phase's own request
}

func faultCases() []faultCase {
	var all []faultCase
	// A server that fails for a while must not fail a build.
	passing := func(fault string, how misbehave, times int, short string, phases ...string) {
		for _, phase := range phases {
			all = append(all, faultCase{fault: fault, phase: phase, breaks: how, times: times, short: phase == short})
		}
	}
	// One that keeps failing is named with what it did.
	lasting := func(fault string, how misbehave, wants, short string, phases ...string) {
		for _, phase := range phases {
			all = append(all, faultCase{fault: fault, phase: phase, breaks: how, times: -1, wants: wants, short: phase == short})
		}
	}
	striking := func(fault, wants, short string, strikes func(*faultRun) func(), phases ...string) {
		for _, phase := range phases {
			all = append(all, faultCase{fault: fault, phase: phase, wants: wants, strikes: strikes, short: phase == short})
		}
	}
	passing("reset once", reset, 1, phaseFetch, phaseLocate, phaseFetch, phaseBuild, phaseExport)
	passing("429 once", status(http.StatusTooManyRequests), 1, "", phaseLocate, phaseFetch, phaseBuild)
	passing("503 twice", status(http.StatusServiceUnavailable), 2, phaseLocate, phaseLocate, phaseFetch, phaseBuild)
	passing("truncated once", truncate, 1, "", phaseLocate, phaseFetch, phaseBuild)
	passing("cut without a length", cut, 1, phaseFetch, phaseFetch, phaseBuild)
	passing("a login page once", loginPage, 1, "", phaseFetch, phaseBuild)
	passing("slow", trickle, -1, "", phaseLocate, phaseFetch, phaseBuild, phaseGit, phaseExport)
	lasting("reset always", reset, `cannot be reached|connection reset|EOF`, "", phaseLocate, phaseFetch, phaseGit, phaseBuild, phaseExport)
	lasting("503 always", status(http.StatusServiceUnavailable), `503`, "", phaseLocate, phaseFetch, phaseGit, phaseBuild, phaseExport)
	lasting("wrong bytes", garble, `hash|sha256|corrupt|not a valid|does not match|zlib|inflate|bad pack|unpack|index-pack`, phaseFetch, phaseFetch, phaseGit, phaseBuild)
	// A server that has been asked already is not looked up again: the names go while
	// the one before it is asked.
	lost := faultCase{fault: "name server gone", wants: `index\.test|git\.test`, strikes: (*faultRun).loseNames}
	for _, phase := range []string{phaseLocate, phaseGit} {
		c := lost
		c.phase, c.before = phase, true
		all = append(all, c)
	}
	for _, x := range [][2]string{{phaseFetch, "/simple/bulk/"}, {phaseBuild, "/files/made-"}} {
		c := lost
		c.phase, c.moment = x[0], func(f *faultRun) (*gate, string) { return f.gates["index"], x[1] }
		all = append(all, c)
	}
	striking("disk full", `(?i)no space left|disk is full`, phaseInstall, (*faultRun).fillDisk, phaseRead, phaseFetch, phaseGit, phaseBuild, phaseInstall, phaseCompile, phasePrepare, phaseExport)
	striking("interrupted", `(?i)cancel`, phaseCompile, (*faultRun).pressCtrlC, phaseRead, phaseLocate, phaseFetch, phaseGit, phaseBuild, phaseInstall, phaseCompile, phasePrepare, phaseExport)
	striking("builder killed", `EOF|connection|closing|Unavailable|reset`, phaseInstall, (*faultRun).killBuilder, phaseRead, phaseLocate, phaseFetch, phaseGit, phaseBuild, phaseInstall, phaseCompile, phasePrepare, phaseExport)
	striking("registry gone", `refused|EOF|reset|closed`, phaseExport, (*faultRun).loseRegistry, phaseExport)
	for _, phase := range []string{phaseBuild, phaseCompile, phasePrepare} {
		all = append(all, faultCase{fault: "out of memory", phase: phase, wants: `(?i)memory|killed|137`, strikes: (*faultRun).starve, before: true, short: phase == phasePrepare})
	}
	return all
}

// Whatever goes wrong, and whenever: the build says what it was or does not notice, no
// wrong image comes out, and the next build makes the image of a builder that never
// saw a fault. `make faults` runs all of them, `make test` a few.
func TestFaults(t *testing.T) {
	lab := newFaultLab(t)
	whole := os.Getenv("QUATRAIN_FAULTS") == "all"
	table := faultTable{}
	for _, c := range faultCases() {
		if !whole && !c.short {
			continue
		}
		t.Run(c.phase+"/"+c.fault, func(t *testing.T) { table.add(c, lab.run(t, c)) })
	}
	text := table.String()
	t.Log("\n" + text)
	if file := os.Getenv("QUATRAIN_FAULTS_TABLE"); file != "" && whole && !t.Failed() {
		must(t, replaceBetween(file, "<!-- faults -->\n", "<!-- /faults -->\n", text))
	}
}

// Two builds of one builder that begin together with the same packages do not disturb
// each other.
func TestFaultsRace(t *testing.T) {
	lab := newFaultLab(t)
	for range 3 {
		first := lab.project(t, phaseBuild)
		second := *first
		second.dir, second.toml = t.TempDir(), strings.Replace(first.toml, "name = \"shop\"", "name = \"store\"", 1)
		second.files["store/__init__.py"] = ""
		second.write(t)
		want := []string{lab.build(t, lab.clean, first.dir), lab.build(t, lab.clean, second.dir)}
		var got [2]string
		var wg sync.WaitGroup
		for i, dir := range []string{first.dir, second.dir} {
			wg.Go(func() { got[i] = lab.build(t, lab.faulty.builder, dir) })
		}
		wg.Wait()
		if !slices.Equal(got[:], want) {
			t.Errorf("together %q, each alone %q", got, want)
		}
	}
}

// faultLab is two builders, of which one never sees a fault, and the servers that they
// ask, each behind a gate.
type faultLab struct {
	clean         builder
	faulty        *breakable
	names         *nameServer
	index         *index
	git           *gitWeb
	gates         map[string]*gate // "index", "git", "registry"
	indexURL      string
	gitURL        string
	registryHost  string
	registryAlive *httptest.Server
}

func newFaultLab(t *testing.T) *faultLab {
	t.Helper()
	indexListener, gitListener := listenAt(t), listenAt(t)
	names := newNameServer(t, map[string]string{"index.test": ipOf(indexListener), "git.test": ipOf(gitListener)})
	l := &faultLab{names: names, index: newIndex(t), git: newGitWeb(t, ""), gates: map[string]*gate{}}
	l.index.Add(pipWheel(t), pindex.Wheel{Name: "plugin", Version: "1.0", Files: map[string]string{"plugin.py": "answer = 42\n"}})
	l.gates["index"], _ = behind(t, indexListener, l.index.Index)
	l.gates["git"], _ = behind(t, gitListener, l.git)
	l.gates["registry"], l.registryAlive = registryGate(t)
	l.indexURL, l.gitURL = "http://index.test:"+portOf(indexListener), "http://git.test:"+portOf(gitListener)
	l.registryHost = l.registryAlive.Listener.Addr().String()
	l.clean, l.faulty = newBreakable(t, names).builder, newBreakable(t, names)
	return l
}

func listenAt(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp4", net.JoinHostPort(loopback(t), "0"))
	must(t, err)
	return l
}

func ipOf(l net.Listener) string { return l.Addr().(*net.TCPAddr).IP.String() }

func portOf(l net.Listener) string { return fmt.Sprint(l.Addr().(*net.TCPAddr).Port) }

// needy is a backend that needs a build requirement, takes its time, and memory.
const needy = `
import plugin, time
_wheel = build_wheel
def build_wheel(directory, config_settings=None, metadata_directory=None):
    hungry = bytearray(b"x") * (400 << 20)
    time.sleep(1)
    return _wheel(directory, config_settings, metadata_directory)
`

// project writes a project that no builder has seen, with what makes a phase long.
func (l *faultLab) project(t *testing.T, phase string) *project {
	t.Helper()
	id := unique(t)
	bulk := pindex.Wheel{Name: "bulk", Version: "1.0", Files: map[string]string{"bulk/__init__.py": "only = \"" + id + "\"\n"}}
	p := &project{index: l.index, url: l.indexURL, files: map[string]string{}, toml: plainProject}
	switch phase {
	case phaseRead:
		p.files["data.txt"] = strings.Repeat(id+"\n", 40<<20/len(id))
	case phaseInstall:
		for i := range 4000 {
			bulk.Files[fmt.Sprintf("bulk/data/%d.txt", i)] = strings.Repeat(id, 100)
		}
	case phaseCompile:
		bulk.Files["bulk/large.py"] = "numbers = [" + strings.Repeat("'"+id+"', x, ", 200_000) + "]\n"
		for i := range 40 {
			bulk.Files[fmt.Sprintf("bulk/m%d.py", i)] = strings.Repeat("def f(a, b):\n    return [a + b for a in b if a] or {a: b}\n", 2000)
		}
	case phaseGit:
		path := id + ".git"
		commit := newRepository(t, l.git.root, path).commit(library(t, "omnibus", "0.2.5"))
		p.locks = append(p.locks, locked{entry: gitSource{name: "omnibus", version: "0.2.5", url: l.gitURL + "/" + path, reference: "main", commit: commit}.entry()})
	case phaseBuild:
		files := library(t, "made", "1.0")
		files["backend.py"] += needy
		files["pyproject.toml"] = strings.Replace(files["pyproject.toml"], "requires = []", "requires = [\"plugin\"]", 1)
		made := sdistOf("made", files)
		l.index.Add(made)
		p.locks = append(p.locks, locked{entry: p.fromIndex(sdistEntry(made, "1.0"))})
	case phasePrepare:
		p.files["collect.py"] = "import time\nhungry = bytearray(b'x') * (400 << 20)\ntime.sleep(1)\nopen('collected.txt', 'w').write('yes')\n"
		p.toml += "[tool.quatrain.prepare]\ncommand = [\"python\", \"collect.py\"]\n"
	}
	l.index.Add(bulk)
	p.locks = append(p.locks, locked{wheel: bulk})
	return p.write(t)
}

// faultRun is one case on its way.
type faultRun struct {
	*faultLab
	t         *testing.T
	interrupt chan struct{}
}

// run builds a project once without the fault, once with it and once after it. It
// returns what the user saw.
func (l *faultLab) run(t *testing.T, c faultCase) (seen string) {
	p := l.project(t, c.phase)
	want := l.build(t, l.clean, p.dir)
	f := &faultRun{faultLab: l, t: t, interrupt: make(chan struct{})}
	o, digest := f.disturbed(t, c, p)
	switch {
	case o.code == 0 && digest != want:
		t.Errorf("with the fault the image is %s, without %s", digest, want)
	case o.code == 0 && c.wants != "":
		t.Errorf("the build did not notice the fault:\n%s", readable(o))
	case o.code != 0 && c.wants == "":
		t.Errorf("the build failed:\n%s", readable(o))
	case o.code != 0 && !regexp.MustCompile(c.wants).MatchString(readable(o)):
		t.Errorf("nothing says %q:\n%s", c.wants, readable(o))
	}
	if got := l.build(t, l.faulty.builder, p.dir); got != want {
		t.Errorf("after the fault the image is %s, without it %s", got, want)
	}
	if t.Failed() {
		return "**wrong**"
	}
	if c.wants == "" {
		return "unnoticed"
	}
	return "said"
}

// disturbed builds with the fault, and ends it.
func (f *faultRun) disturbed(t *testing.T, c faultCase, p *project) (ended, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "metadata")
	output := "type=oci,dest=" + filepath.Join(t.TempDir(), "image.tar")
	if c.phase == phaseExport {
		output = "type=image,oci-mediatypes=true,push=true,registry.insecure=true,name=" + f.registryHost + "/" + unique(t)
	}
	argv := []string{"--output", output, "--metadata-file", file, "."}
	server, path := f.serverOf(c.phase)
	if c.moment != nil {
		server, path = c.moment(f)
	}
	var at moment
	struck := make(chan func(), 1) // what ends the fault
	over := make(chan struct{})
	switch {
	case c.breaks != nil:
		server.breakPath(path, c.times, c.breaks)
	case c.before:
		struck <- c.strikes(f)
		server = nil
	case server != nil:
		h := server.holdPath(path)
		go func() {
			defer close(struck)
			select {
			case <-h.reached:
				end := c.strikes(f)
				h.letGo()
				struck <- end
			case <-over:
			}
		}()
	default:
		at = moment{vertexOf[c.phase], func() { struck <- c.strikes(f) }}
	}
	o := f.faulty.watched(t, p.dir, at, f.interrupt, argv...)
	close(over)
	if c.strikes != nil {
		if server == nil && len(struck) == 0 {
			close(struck)
		}
		end, reached := <-struck
		if !reached {
			t.Fatalf("the phase was not reached:\n%s", readable(o))
		}
		end()
	}
	if server != nil {
		if hits := server.heal(); c.breaks != nil && hits == 0 {
			t.Errorf("no request met the fault:\n%s", readable(o))
		}
	}
	if o.code != 0 {
		if _, err := os.Stat(file); err == nil {
			t.Error("a build that failed names an image")
		}
		return o, ""
	}
	return o, digestIn(t, file)
}

// vertexOf is how the first vertex of a phase without a server is called.
var vertexOf = map[string]string{
	phaseRead: "[internal] load project", phaseInstall: "[install", phaseCompile: "[compile", phasePrepare: "[prepare",
}

// serverOf returns the gate of a phase's server, and a part of the paths of its
// requests there; nil for a phase that asks none.
func (l *faultLab) serverOf(phase string) (*gate, string) {
	switch phase {
	case phaseLocate:
		return l.gates["index"], "/simple/bulk/"
	case phaseFetch:
		return l.gates["index"], "/files/bulk-"
	case phaseGit:
		return l.gates["git"], ".git/"
	case phaseBuild:
		return l.gates["index"], "/files/plugin-"
	case phaseExport:
		return l.gates["registry"], "/blobs/uploads/"
	}
	return nil, ""
}

// leftover is what BuildKit says of a folder of the snapshotter that a killed daemon
// made and did not note. Its garbage collection removes it.
const leftover = "failed to rename"

// build builds without a fault and returns the image's digest.
func (l *faultLab) build(t *testing.T, b builder, dir string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "metadata")
	argv := []string{"--output", "type=oci,dest=" + filepath.Join(t.TempDir(), "image.tar"), "--metadata-file", file, "."}
	o := b.watched(t, dir, moment{}, nil, argv...)
	if strings.Contains(o.all(), leftover) {
		t.Log("the snapshotter had a leftover of the killed builder: pruning")
		b.must(t, "", "docker", "buildx", "prune", "--force")
		o = b.watched(t, dir, moment{}, nil, argv...)
	}
	if _, command, ok := strings.Cut(o.all(), "Remove the copy: `"); ok { // BuildKit does not mend it; the hint does
		command, _, _ = strings.Cut(command, "`")
		b.must(t, "", append(strings.Fields(command), "--force")...)
		o = b.watched(t, dir, moment{}, nil, argv...)
	}
	if o.code != 0 {
		t.Fatalf("a build without a fault failed on %s:\n%s", b.name, readable(o))
	}
	return digestIn(t, file)
}

// readable returns what a person sees of a build: no raw progress.
func readable(e ended) string {
	o := readProgress(e.stderr)
	return o.text + o.log
}

func (f *faultRun) loseNames() func() {
	f.names.stop()
	return func() { f.names.start(f.t) }
}

func (f *faultRun) fillDisk() func() { return f.faulty.fill() }

func (f *faultRun) pressCtrlC() func() {
	close(f.interrupt)
	return func() {}
}

func (f *faultRun) killBuilder() func() {
	f.faulty.kill()
	return func() {}
}

func (f *faultRun) starve() func() { return f.faulty.starve(200 << 20) }

// loseRegistry ends the registry's server and all its connections.
func (f *faultRun) loseRegistry() func() {
	at := f.registryAlive.Listener.Addr().String()
	f.registryAlive.Listener.Close()
	f.registryAlive.CloseClientConnections()
	return func() {
		l, err := net.Listen("tcp4", at)
		must(f.t, err)
		f.gates["registry"], f.registryAlive = behind(f.t, l, f.gates["registry"].next)
	}
}

// faultTable is what was seen, by fault and phase.
type faultTable struct {
	faults []string
	seen   map[[2]string]string
}

func (x *faultTable) add(c faultCase, seen string) {
	if x.seen == nil {
		x.seen = map[[2]string]string{}
	}
	if !slices.Contains(x.faults, c.fault) {
		x.faults = append(x.faults, c.fault)
	}
	x.seen[[2]string{c.fault, c.phase}] = seen
}

// String returns a table in Markdown.
func (x *faultTable) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "| | %s |\n|---%s|\n", strings.Join(phases, " | "), strings.Repeat("|---", len(phases)))
	for _, fault := range x.faults {
		fmt.Fprintf(&b, "| %s |", fault)
		for _, phase := range phases {
			fmt.Fprintf(&b, " %s |", x.seen[[2]string{fault, phase}])
		}
		b.WriteString("\n")
	}
	return b.String()
}

// replaceBetween replaces what is between two lines of a file.
func replaceBetween(file, from, to, text string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(data), from)
	_, after, closed := strings.Cut(rest, to)
	if !ok || !closed {
		return fmt.Errorf("%s has no lines %q and %q", file, from, to)
	}
	return os.WriteFile(file, []byte(before+from+text+to+after), 0o644)
}

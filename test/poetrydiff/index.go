package main

import (
	_ "embed"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// The distributions of the projects' index, in the form that parseIndex reads.
//
//go:embed index.txt
var projectIndex string

// release is one version of a package.
type release struct {
	name, version string
	python        string   // Requires-Python
	files         []string // tags of wheels, or "sdist"
	requires      []string
	yanked        bool
}

// parseIndex reads releases: a line "name version [python=>=3.9] [yanked] file…", where
// a file is a wheel's tag or "sdist" (none: py3-none-any), then a line for each
// requirement, indented.
func parseIndex(text string) []release {
	var all []release
	for _, line := range strings.Split(text, "\n") {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0 || line[0] == '#':
		case line[0] == ' ':
			last := &all[len(all)-1]
			last.requires = append(last.requires, strings.TrimSpace(line))
		default:
			r := release{name: fields[0], version: fields[1]}
			for _, f := range fields[2:] {
				if python, ok := strings.CutPrefix(f, "python="); ok {
					r.python = python
				} else if f == "yanked" {
					r.yanked = true
				} else {
					r.files = append(r.files, f)
				}
			}
			if r.files == nil {
				r.files = []string{"py3-none-any"}
			}
			all = append(all, r)
		}
	}
	return all
}

var extraMarker = regexp.MustCompile(`extra == ['"]([^'"]+)['"]`)

// extras are those that the requirements name.
func (r release) extras() []string {
	var all []string
	for _, requirement := range r.requires {
		for _, m := range extraMarker.FindAllStringSubmatch(requirement, -1) {
			if !slices.Contains(all, m[1]) {
				all = append(all, m[1])
			}
		}
	}
	return all
}

// dists are the release's files. A wheel tells its own name in FILE.txt, so that
// what was installed can be asked.
func (r release) dists() []pindex.Dist {
	module := strings.ToLower(regexp.MustCompile(`[-_.]+`).ReplaceAllString(r.name, "_"))
	var all []pindex.Dist
	for _, f := range r.files {
		if f == "sdist" {
			all = append(all, pindex.Sdist{
				Name: r.name, Version: r.version, Requires: r.requires, RequiresPython: r.python,
				Files: map[string]string{"pyproject.toml": sdistProject, "backend.py": sdistBackend},
			})
			continue
		}
		w := pindex.Wheel{
			Name: r.name, Version: r.version, Requires: r.requires, RequiresPython: r.python,
			Extras: r.extras(), Tag: f, Files: map[string]string{},
		}
		w.Files[module+"/__init__.py"] = ""
		w.Files[module+"/FILE.txt"] = w.Filename()
		all = append(all, w)
	}
	return all
}

const sdistProject = "[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n"

// sdistBackend builds a wheel of what PKG-INFO says, with nothing but Python.
const sdistBackend = `import zipfile

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    metadata = open("PKG-INFO").read()
    fields = dict(line.split(": ", 1) for line in metadata.splitlines() if ": " in line)
    stem = fields["Name"].replace("-", "_").lower() + "-" + fields["Version"]
    module, info = stem.split("-")[0], stem + ".dist-info/"
    name = stem + "-py3-none-any.whl"
    with zipfile.ZipFile(wheel_directory + "/" + name, "w") as wheel:
        wheel.writestr(module + "/__init__.py", "")
        wheel.writestr(module + "/FILE.txt", stem + ".tar.gz")
        wheel.writestr(info + "METADATA", metadata)
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(info + "RECORD", "")
    return name
`

// The hosts that the projects' sources name. They exist for clients of the proxy only,
// so that a lock does not hold a port.
const (
	indexHost = "index.example"
	extraHost = "extra.example"
)

// proxy serves one index a host to clients that take it for their HTTP proxy.
type proxy struct {
	indexes map[string]*pindex.Index
	address string
}

// newProxy serves the indexes of the projects: extra.example has the releases whose
// line in the list starts with "extra:".
func newProxy() (*proxy, error) {
	p := &proxy{indexes: map[string]*pindex.Index{}}
	var main, extra []release
	for _, r := range parseIndex(projectIndex) {
		if name, ok := strings.CutPrefix(r.name, "extra:"); ok {
			r.name = name
			extra = append(extra, r)
		} else {
			main = append(main, r)
		}
	}
	p.serve(indexHost, main)
	p.serve(extraHost, extra)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p.address = "http://" + listener.Addr().String()
	go http.Serve(listener, p)
	return p, nil
}

// serve makes the index of a host.
func (p *proxy) serve(host string, releases []release) {
	x := pindex.New(pindex.Options{})
	for _, r := range releases {
		for _, d := range r.dists() {
			x.Add(d)
			if r.yanked {
				x.Yank(d.Filename(), "a mistake")
			}
		}
	}
	p.indexes[host] = x
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := p.indexes[r.URL.Host]
	if x == nil {
		http.Error(w, fmt.Sprintf("there is no index %q", r.URL.Host), http.StatusBadGateway)
		return
	}
	x.ServeHTTP(w, r)
}

// environment makes a client use the proxy.
func (p *proxy) environment() []string {
	return []string{"HTTP_PROXY=" + p.address, "http_proxy=" + p.address, "NO_PROXY=", "no_proxy="}
}

package test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quatrain-build/quatrain/frontend"
	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// indexEntry is a lock's entry of a package of an index with several files. reference and
// url are those of a source, "" for none.
func indexEntry(dists []pindex.Dist, version, reference, url string) string {
	var files []string
	for _, d := range dists {
		files = append(files, fmt.Sprintf("{file = %q, hash = \"sha256:%s\"}", d.Filename(), pindex.SHA256(d)))
	}
	text := fmt.Sprintf("[[package]]\nname = %q\nversion = %q\ndescription = \"\"\noptional = false\npython-versions = \"*\"\ngroups = [\"main\"]\nfiles = [%s]\n",
		dists[0].Project(), version, strings.Join(files, ", "))
	if reference != "" {
		text += fmt.Sprintf("\n[package.source]\ntype = \"legacy\"\nurl = %q\nreference = %q\n", url, reference)
	}
	return text
}

// onlyHere is a file of a package that no build has seen before.
func onlyHere(t *testing.T, kind string) map[string]string {
	return map[string]string{"choosy.py": fmt.Sprintf("kind = %q\nonly = %q\n", kind, unique(t))}
}

// A file of the lock that its index lacks, or that is yanked, is passed over for the best
// that is left, with a warning, and an unchanged lock runs nothing the next time.
func TestFileGone(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		for name, html := range map[string]bool{"JSON": false, "HTML": true} {
			t.Run(name, func(t *testing.T) {
				best := pindex.Wheel{Name: "choosy", Version: "1.0", Tag: "py3-none-manylinux_2_17_x86_64", Files: onlyHere(t, "best")}
				pure := pindex.Wheel{Name: "choosy", Version: "1.0", Files: onlyHere(t, "pure")}
				x := newIndex(t, pure)
				x.Set(pindex.Options{HTML: html})
				p := (&project{index: x, locks: []locked{{entry: indexEntry([]pindex.Dist{best, pure}, "1.0", "", "")}}}).write(t)
				for i, want := range []bool{true, false} {
					x.Reset()
					o := build(t, m, request{dir: p.dir})
					if o.err != nil {
						t.Fatalf("%s\n%s", printed(o.err), o.log)
					}
					if f := o.image.files[site+"choosy.py"]; f == nil || !strings.Contains(string(f.data), "pure") {
						t.Errorf("build %d: another file is installed", i)
					}
					said := best.Filename() + " is no longer on local: " + pure.Filename() + " is used instead"
					if text := o.log + o.text; !strings.Contains(text, said) {
						t.Errorf("no %q in:\n%s", said, text)
					}
					if !want && (len(o.ran) > 0 || x.requests() > 0) {
						t.Errorf("an unchanged lock ran %q", o.ran)
					}
				}
			})
		}
	})
}

// Poetry takes an sdist rather than a yanked wheel, and so what is built is built.
func TestYankedForSdist(t *testing.T) {
	w := pindex.Wheel{Name: "choosy", Version: "1.0", Files: onlyHere(t, "wheel")}
	s := buildable(t, "choosy")
	x := newIndex(t, w)
	x.Add(s)
	x.Yank(w.Filename(), "broken")
	p := newGitProject(t, "")
	p.toml = strings.Replace(p.toml, "\n[[tool.poetry.source]]", "\n[[tool.poetry.source]]\nname = \"files\"\npriority = \"explicit\"\nurl = \""+x.URL+"/simple/\"\n\n[[tool.poetry.source]]", 1)
	if !strings.Contains(p.toml, x.URL) {
		p.toml += fmt.Sprintf("\n[[tool.poetry.source]]\nname = \"files\"\npriority = \"explicit\"\nurl = \"%s/simple/\"\n", x.URL)
	}
	p.locks = append(p.locks, locked{entry: indexEntry([]pindex.Dist{w, s}, "1.0", "files", x.URL+"/simple")})
	p.write(t)
	o := build(t, inProcess, request{dir: p.dir})
	if o.err != nil {
		t.Fatalf("%s\n%s", printed(o.err), o.log)
	}
	if builds := withPrefix(o.ran, "[build]"); len(builds) != 1 || o.image.files[site+"choosy.py"] == nil {
		t.Errorf("%q were built", builds)
	}
	if said := w.Filename() + " is yanked (broken): " + s.Filename() + " is used instead"; !strings.Contains(o.log, said) {
		t.Errorf("no %q in:\n%s", said, o.log)
	}
}

// A cached answer names a file that is gone by the time it is needed: the index is asked
// again, and another file of the lock is taken.
func TestFileGoneLater(t *testing.T) {
	best := pindex.Wheel{Name: "choosy", Version: "1.0", Tag: "py3-none-manylinux_2_17_x86_64", Files: onlyHere(t, "best")}
	pure := pindex.Wheel{Name: "choosy", Version: "1.0", Files: onlyHere(t, "pure")}
	x := newIndex(t, best, pure)
	x.Fail("/files/"+best.Filename(), pindex.Fault{Status: 503})
	p := (&project{index: x, locks: []locked{{entry: indexEntry([]pindex.Dist{best, pure}, "1.0", "", "")}}}).write(t)
	fails(t, build(t, inProcess, request{dir: p.dir, noImage: true}), "503 Service Unavailable")
	x.Heal()
	x.Remove(best.Filename()) // what was located is cached
	o := build(t, inProcess, request{dir: p.dir})
	if o.err != nil {
		t.Fatalf("%s\n%s", printed(o.err), o.log)
	}
	if f := o.image.files[site+"choosy.py"]; f == nil || !strings.Contains(string(f.data), "pure") {
		t.Error("another file is installed")
	}
	x.Reset()
	if o := build(t, inProcess, request{dir: p.dir}); o.err != nil || len(o.ran) > 0 || x.requests() > 0 {
		t.Errorf("%v: an unchanged lock ran %q", o.err, o.ran)
	}
}

// Files move, and the old place refuses, has something else or does not answer at all:
// cached answers do not fail a build.
func TestFilesMoved(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		for name, gone := range map[string]func(old *index, file string){
			"403":       func(old *index, file string) { old.Fail("/files/"+file, pindex.Fault{Status: 403}) },
			"410":       func(old *index, file string) { old.Fail("/files/"+file, pindex.Fault{Status: 410}) },
			"a page":    func(old *index, file string) { old.Fail("/files/"+file, pindex.Fault{Body: []byte("<html>moved")}) },
			"a loop":    func(old *index, file string) { old.Fail("/files/"+file, pindex.Fault{Redirect: "/files/" + file}) },
			"host gone": func(old *index, _ string) { old.Close() },
		} {
			t.Run(name, func(t *testing.T) {
				w := pindex.Wheel{Name: "choosy", Version: "1.0", Files: onlyHere(t, name)}
				old, x := newIndex(t, w), newIndex(t, w)
				x.Set(pindex.Options{AbsoluteURLs: old.URL})
				old.Fail("/files/"+w.Filename(), pindex.Fault{Status: 404})
				p := (&project{index: x, locks: []locked{{wheel: w}}}).write(t)
				r := request{dir: p.dir, noImage: true, secrets: map[string][]byte{"POETRY_HTTP_BASIC_LOCAL_USERNAME": []byte("me"), "POETRY_HTTP_BASIC_LOCAL_PASSWORD": []byte(hunter)}}
				fails(t, build(t, m, r), "404") // where it is is known now, and no build has the file
				gone(old, w.Filename())
				x.Set(pindex.Options{})
				if o := build(t, m, r); o.err != nil {
					t.Fatalf("%s\n%s", printed(o.err), o.log)
				}
			})
		}
	})
}

// --no-cache asks the index again, and the builds after it use the new answer.
func TestNoCacheAsksAgain(t *testing.T) {
	w := pindex.Wheel{Name: "choosy", Version: "1.0", Files: onlyHere(t, "")}
	x := newIndex(t, w)
	p := (&project{index: x, locks: []locked{{wheel: w}}}).write(t)
	if o := build(t, inProcess, request{dir: p.dir, noImage: true}); o.err != nil {
		t.Fatalf("%s\n%s", printed(o.err), o.log)
	}
	x.Yank(w.Filename(), "broken")
	x.Reset()
	o := build(t, inProcess, request{dir: p.dir, noImage: true, opts: map[string]string{"no-cache": ""}})
	if said := ": the chosen file " + w.Filename() + " was yanked (broken)"; o.err != nil || !strings.Contains(o.log, said) || x.Count("/simple/choosy/") != 1 {
		t.Errorf("%v: asked %q, no %q in:\n%s", o.err, x.Requests(), said, o.log)
	}
	x.Reset()
	o = build(t, inProcess, request{dir: p.dir, noImage: true})
	if o.err != nil || len(o.ran) > 0 || x.requests() > 0 || !strings.Contains(o.log, "(broken)") {
		t.Errorf("%v: ran %q\n%s", o.err, o.ran, o.log)
	}
}

// A source can be one page with the links of all packages.
func TestSinglePageSource(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		w := pindex.Wheel{Name: "choosy", Version: "1.0", Files: onlyHere(t, "")}
		other := pindex.Wheel{Name: "other", Version: "2.0", Files: map[string]string{"other.py": ""}}
		x := newIndex(t, w, other)
		p := &project{toml: plainProject + fmt.Sprintf("\n[[tool.poetry.source]]\nname = \"links\"\nurl = \"%s/links.html\"\n", x.URL)}
		for _, w := range []pindex.Wheel{w, other} {
			p.locks = append(p.locks, locked{entry: indexEntry([]pindex.Dist{w}, w.Version, "links", x.URL+"/links.html")})
		}
		p.write(t)
		o := build(t, m, request{dir: p.dir})
		if o.err != nil {
			t.Fatalf("%s\n%s", printed(o.err), o.log)
		}
		if o.image.files[site+"choosy.py"] == nil || x.Count("/links.html") != 1 {
			t.Errorf("the page was asked for %d times", x.Count("/links.html"))
		}
	})
}

// A package without a source comes from PyPI if the project lists it, behind another one too.
func TestPyPIListedSecond(t *testing.T) {
	company := newIndex(t)
	entry := `[[package]]
name = "six"
version = "1.17.0"
description = ""
optional = false
python-versions = "!=3.0.*,!=3.1.*,!=3.2.*,>=2.7"
groups = ["main"]
files = [
    {file = "six-1.17.0-py2.py3-none-any.whl", hash = "sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274"},
]
`
	p := (&project{locks: []locked{{entry: entry}}, toml: plainProject + fmt.Sprintf(
		"\n[[tool.poetry.source]]\nname = \"company\"\nurl = \"%s/simple/\"\npriority = \"primary\"\n\n[[tool.poetry.source]]\nname = \"PyPI\"\npriority = \"supplemental\"\n", company.URL)}).write(t)
	ca, err := os.ReadFile(variable(t, "QUATRAIN_CA"))
	must(t, err)
	o := build(t, inProcess, request{dir: p.dir, secrets: map[string][]byte{"ca": ca}})
	if o.err != nil || o.image.files[site+"six.py"] == nil || company.requests() > 0 {
		t.Errorf("%s\n%s", printed(o.err), o.log)
	}
}

// A download that is cut, and a proxy's page in its place, do not fail a build: BuildKit
// takes what comes for another file, and the helper tries again.
func TestBrokenDownloads(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		for name, how := range map[string]misbehave{"cut": cut, "truncated": truncate, "a page": loginPage} {
			t.Run(name, func(t *testing.T) {
				for _, always := range []bool{false, true} {
					w := fresh("choosy")
					x := &index{Index: pindex.New(pindex.Options{}, w)}
					var left atomic.Int32
					left.Store(3) // BuildKit's request, and two of the helper's
					x.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
						if strings.HasPrefix(r.URL.Path, "/files/") && (always || left.Add(-1) >= 0) {
							how(rw, r, x.Index)
							return
						}
						x.Index.ServeHTTP(rw, r)
					}))
					x.Listener.Close()
					x.Listener = listen(t)
					x.Start()
					t.Cleanup(x.Close)
					p := (&project{index: x, locks: []locked{{wheel: w}}}).write(t)
					o := build(t, m, request{dir: p.dir, noImage: true})
					if !always {
						if o.err != nil {
							t.Errorf("%s\n%s", printed(o.err), o.log)
						}
						continue
					}
					fails(t, o, map[string]string{"cut": "was cut off after ", "truncated": "was cut off after ", "a page": "returned a web page instead of the file"}[name], `>>> name = "choosy"`, "(tried 5 times)")
					if strings.Contains(printed(o.err), "poetry lock") {
						t.Errorf("nothing is wrong with the lock: %s", printed(o.err))
					}
				}
			})
		}
	})
}

// A server that drips would hold BuildKit's own download for ever. After a while, here some
// seconds, the helper downloads, from a server that is well again.
func TestDrippingDownload(t *testing.T) {
	w := fresh("choosy")
	x := &index{Index: pindex.New(pindex.Options{}, w)}
	var dripped, left atomic.Int32
	x.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/files/") || r.UserAgent() == "quatrain" {
			x.Index.ServeHTTP(rw, r)
			return
		}
		dripped.Add(1)
		defer left.Add(1)
		rw.Header().Set("Content-Length", fmt.Sprint(len(w.Bytes())))
		for _, b := range w.Bytes() {
			if _, err := rw.Write([]byte{b}); err != nil {
				return
			}
			http.NewResponseController(rw).Flush()
			select {
			case <-time.After(time.Second):
			case <-r.Context().Done():
				return
			}
		}
	}))
	x.Listener.Close()
	x.Listener = listen(t)
	x.Start()
	t.Cleanup(x.Close)
	p := (&project{index: x, locks: []locked{{wheel: w}}}).write(t)
	o := build(t, inProcess, request{dir: p.dir, patience: frontend.Patience(3 * time.Second)})
	if o.err != nil {
		t.Fatalf("%s\n%s", printed(o.err), o.log)
	}
	if o.image.files[site+"choosy.py"] == nil || dripped.Load() == 0 || left.Load() != dripped.Load() {
		t.Errorf("%d downloads dripped, and %d of them were ended", dripped.Load(), left.Load())
	}
}

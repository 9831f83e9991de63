package test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// fileEntry is a lock's entry of a distribution that is not from an index.
func fileEntry(d pindex.Dist, version, kind, url, hash string) string {
	return fmt.Sprintf("[[package]]\nname = %q\nversion = %q\ndescription = \"\"\noptional = false\npython-versions = \"*\"\n"+
		"groups = [\"main\"]\nfiles = [{file = %q, hash = \"sha256:%s\"}]\n\n[package.source]\ntype = %q\nurl = %q\n",
		d.Project(), version, d.Filename(), hash, kind, url)
}

// buildable is an sdist whose backend is in it and needs nothing.
func buildable(t *testing.T, name string) pindex.Sdist {
	return pindex.Sdist{Name: name, Version: "1.0", Files: library(t, name, "1.0")}
}

// directURL is what an installed distribution says of where it is from.
func directURL(t *testing.T, o outcome, dist string) map[string]any {
	t.Helper()
	f := o.image.files[site+dist+".dist-info/direct_url.json"]
	if f == nil {
		t.Errorf("%s has no direct_url.json", dist)
		return nil
	}
	var v map[string]any
	if err := json.Unmarshal(f.data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// Files of the build context are held against the lock; wheels are installed, sdists
// are built first.
func TestFileDependencies(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		w := pindex.Wheel{Name: "boxed", Version: "1.0", Files: map[string]string{"boxed.py": "x = 1\n"}}
		s := buildable(t, "packed")
		p := newGitProject(t, "")
		p.files["dist/"+w.Filename()], p.files["dist/"+s.Filename()] = string(w.Bytes()), string(s.Bytes())
		p.locks = append(p.locks,
			locked{entry: fileEntry(w, "1.0", "file", "dist/"+w.Filename(), pindex.SHA256(w))},
			locked{entry: fileEntry(s, "1.0", "file", "dist/"+s.Filename(), pindex.SHA256(s))})
		p.write(t)
		o := build(t, m, request{dir: p.dir})
		if o.err != nil {
			t.Fatalf("%s\n%s", printed(o.err), o.log)
		}
		for _, f := range []string{"boxed.py", "packed.py"} {
			if o.image.files[site+f] == nil {
				t.Errorf("%s is not installed", f)
			}
		}
		if got := directURL(t, o, "boxed-1.0")["url"]; got != "file:///app/dist/"+w.Filename() {
			t.Errorf("direct_url.json says %v", got)
		}
		if o := build(t, m, request{dir: p.dir}); o.err != nil || len(o.ran) > 0 {
			t.Errorf("%v: the second build ran %q", o.err, o.ran)
		}
		rest := p.locks[:1] // devtool
		for _, d := range []pindex.Dist{w, s} {
			p.locks = append(rest, locked{entry: fileEntry(d, "1.0", "file", "dist/"+d.Filename(), strings.Repeat("ab", 32))})
			p.write(t)
			fails(t, build(t, m, request{dir: p.dir, noImage: true}), `>>> name = "`+d.Project()+`"`, "the lock says sha256:abab")
		}
	})
}

// A file at an address of its own.
func TestURLDependencies(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		w := pindex.Wheel{Name: "faraway", Version: "1.0", Files: map[string]string{"faraway.py": fmt.Sprintf("only = %q\n", unique(t))}}
		s := buildable(t, "farther")
		dists := map[string][]byte{"/" + w.Filename(): w.Bytes(), "/" + s.Filename(): s.Bytes()}
		asked := 0
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			asked++
			if data, ok := dists[r.URL.Path]; ok {
				rw.Write(data)
				return
			}
			http.NotFound(rw, r)
		}))
		server.Listener.Close()
		server.Listener = listen(t)
		server.Start()
		t.Cleanup(server.Close)
		p := newGitProject(t, "")
		p.locks = append(p.locks,
			locked{entry: fileEntry(w, "1.0", "url", server.URL+"/"+w.Filename(), pindex.SHA256(w))},
			locked{entry: fileEntry(s, "1.0", "url", server.URL+"/"+s.Filename(), pindex.SHA256(s))})
		p.write(t)
		o := build(t, m, request{dir: p.dir})
		if o.err != nil {
			t.Fatalf("%s\n%s", printed(o.err), o.log)
		}
		for _, f := range []string{"faraway.py", "farther.py"} {
			if o.image.files[site+f] == nil {
				t.Errorf("%s is not installed", f)
			}
		}
		if got := directURL(t, o, "faraway-1.0")["url"]; got != server.URL+"/"+w.Filename() {
			t.Errorf("direct_url.json says %v", got)
		}
		asked = 0
		if o := build(t, m, request{dir: p.dir}); o.err != nil || len(o.ran) > 0 || asked > 0 {
			t.Errorf("%v: the second build ran %q and asked %d times", o.err, o.ran, asked)
		}
		gone := pindex.Wheel{Name: "gone", Version: "1.0", Files: map[string]string{"gone.py": fmt.Sprintf("only = %q\n", unique(t))}}
		p.locks = append(p.locks, locked{entry: fileEntry(gone, "1.0", "url", server.URL+"/"+gone.Filename(), pindex.SHA256(gone))})
		p.write(t)
		fails(t, build(t, m, request{dir: p.dir, noImage: true}), `>>> name = "gone"`, "404")
	})
}

// A workspace: each library is a build of its own, keyed by its own files; one needs
// the other, and one stands beside the project in the context.
func TestDirectoryDependencies(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		p := newGitProject(t, "")
		root := t.TempDir()
		p.dir = filepath.Join(root, "services", "shop")
		maps.Copy(p.files, inFolder("libs/near", library(t, "near", "1.0", "far")))
		maps.Copy(p.files, inFolder("../../libs/far", library(t, "far", "2.0")))
		p.locks = append(p.locks,
			locked{entry: directoryEntry("far", "2.0", "../../libs/far")},
			locked{entry: directoryEntry("near", "1.0", "libs/near")})
		p.write(t)
		must(t, os.WriteFile(filepath.Join(root, "Dockerfile"), []byte(syntax()+"project-dir = \"services/shop\"\n"), 0o644))
		r := request{dir: root}
		o := build(t, m, r)
		if o.err != nil {
			t.Fatalf("%s\n%s", printed(o.err), o.log)
		}
		for _, f := range []string{"near.py", "far.py"} {
			if o.image.files[site+f] == nil {
				t.Errorf("%s is not installed", f)
			}
		}
		if got := directURL(t, o, "far-2.0")["url"]; got != "file:///libs/far" {
			t.Errorf("direct_url.json says %v", got)
		}
		if o := build(t, m, r); o.err != nil || len(o.ran) > 0 {
			t.Errorf("%v: the second build ran %q", o.err, o.ran)
		}
		must(t, os.WriteFile(filepath.Join(root, "libs/far/far.py"), []byte(fmt.Sprintf("edited = %q\n", unique(t))), 0o644))
		o = build(t, m, r)
		if builds := withPrefix(o.ran, "[build]"); o.err != nil || len(builds) != 1 || !strings.Contains(builds[0], "far") {
			t.Errorf("%v: an edit of one library ran %q", o.err, o.ran)
		}
		if f := o.image.files[site+"far.py"]; f == nil || !strings.Contains(string(f.data), "edited") {
			t.Error("the edit is not in the image")
		}
	})
}

// In development a library in the project's folder runs from there, so that a mount
// over /app is what runs; in production it is a wheel.
func TestEditableLibrary(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		p := newGitProject(t, "")
		maps.Copy(p.files, map[string]string{
			"libs/kit/pyproject.toml":      "[project]\nname = \"kit\"\nversion = \"1.0\"\n\n[build-system]\nrequires = [\"poetry-core\"]\nbuild-backend = \"poetry.core.masonry.api\"\n",
			"libs/kit/src/kit/__init__.py": "x = 1\n",
		})
		p.locks = append(p.locks, locked{entry: directoryEntry("kit", "1.0", "libs/kit")})
		p.write(t)
		o := build(t, m, request{dir: p.dir, opts: map[string]string{"target": "development"}})
		if o.err != nil {
			t.Fatalf("%s\n%s", printed(o.err), o.log)
		}
		if f := o.image.files[site+"kit.pth"]; f == nil || string(f.data) != "/app/libs/kit/src\n" {
			t.Errorf("kit.pth: %v", f)
		}
		if o.image.files["/app/libs/kit/src/kit/__init__.py"] == nil || o.image.files[site+"kit-1.0.dist-info/METADATA"] == nil {
			t.Error("the library is not installed")
		}
		if len(withPrefix(o.ran, "[build]")) > 0 {
			t.Errorf("it was built: %q", o.ran)
		}
		if info, _ := directURL(t, o, "kit-1.0")["dir_info"].(map[string]any); info["editable"] != true {
			t.Errorf("direct_url.json says %v", info)
		}
	})
}

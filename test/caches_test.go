package test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// A daemon that has built nothing takes the dependencies from the cache that another one
// left: nothing is fetched, installed or compiled. A cache of mode=max has the answers to
// what the frontend asks as well: then nothing runs, and from a registry nothing is
// pulled. Others have what is in the image alone, so the base and the index are asked
// once more.
func TestCaches(t *testing.T) {
	p := withLogin(shop(t), t)
	registry := variable(t, "QUATRAIN_REGISTRY") + "/" + unique(t)
	local := t.TempDir()
	push := func(tag string) string {
		return "--output=type=image,push=true,registry.insecure=true,name=" + registry + ":" + tag
	}
	first := empty(t)
	// The small caches first: what goes into a big one can be exported from then on, and
	// would be in the small ones too.
	small := first.buildx(t, request{dir: p.dir, secrets: loginOfPrivate, noImage: true, flags: []string{push("inline"), "--cache-to=type=inline",
		"--cache-to=type=registry,mode=min,ref=" + registry + ":min"}})
	big := first.buildx(t, request{dir: p.dir, secrets: loginOfPrivate, flags: []string{
		"--cache-to=type=registry,mode=max,ref=" + registry + ":max", "--cache-to=type=local,mode=max,dest=" + local}})
	if small.err != nil || big.err != nil {
		t.Fatal(small.err, big.err)
	}
	for _, c := range []struct{ name, from, to string }{
		{"registry max", "type=registry,ref=" + registry + ":max", push("again")},
		{"local max", "type=local,src=" + local, ""},
		{"registry min", "type=registry,ref=" + registry + ":min", ""},
		{"inline", "type=registry,ref=" + registry + ":inline", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p.index.requests()
			b, root := emptyAt(t)
			r := request{dir: p.dir, secrets: loginOfPrivate, noImage: true, flags: []string{"--cache-from=" + c.from}}
			if c.to != "" {
				r.flags = append(r.flags, c.to)
			}
			o := b.buildx(t, r)
			if o.err != nil {
				t.Fatalf("%s\n%s", printed(o.err), o.log)
			}
			if strings.HasSuffix(c.name, "max") {
				if asked := p.index.requests(); len(o.ran) > 0 || asked > 0 {
					t.Errorf("%q ran, and the index was asked %d times", o.ran, asked)
				}
				if c.to != "" { // of a folder at the client BuildKit takes all, while it is there
					for _, l := range layersIn(root, big.image.layers) {
						if files := big.image.own[l]; !slices.Contains(files, "/app/pyproject.toml") { // it is read
							t.Errorf("a layer was pulled: %.200q", files)
						}
					}
				}
				return
			}
			ran := slices.DeleteFunc(o.ran, func(n string) bool { return len(withPrefix([]string{n}, "[facts", "[locate", "[overlaps")) > 0 })
			if len(ran) > 0 {
				t.Errorf("%q ran", ran)
			}
			// One file is asked for, to see whether it takes a login.
			files := slices.DeleteFunc(p.index.Requests(), func(r string) bool { return !strings.HasPrefix(r, "/files/") })
			if len(files) > 1 {
				t.Errorf("%q were asked for", files)
			}
		})
	}
	t.Run("a bump", func(t *testing.T) {
		next := beta
		next.Version = "2.1"
		p.index.Add(next)
		p.locks[1].wheel = next
		p.write(t)
		b, root := emptyAt(t)
		o := b.buildx(t, request{dir: p.dir, secrets: loginOfPrivate, noImage: true, flags: []string{"--cache-from=type=registry,ref=" + registry + ":max"}})
		if o.err != nil {
			t.Fatalf("%s\n%s", printed(o.err), o.log)
		}
		// The index of another package is not asked.
		if got := kinds(o.ran); !slices.Equal(got, []string{"[compile]", "[install", "[locate]", "[overlaps]"}) {
			t.Errorf("%q ran", o.ran)
		}
		// Nor is anything pulled of the packages to see that they do not overlap.
		for _, l := range layersIn(root, big.image.layers) {
			of := func(name string) bool { return strings.HasPrefix(name, site) && !strings.Contains(name, "shop") }
			if files := big.image.own[l]; slices.ContainsFunc(files, of) {
				t.Errorf("a layer was pulled: %.200q", files)
			}
		}
	})
	// A wheel that is installed need not be in the cache as well, not even of the build
	// that has fetched it.
	t.Run("wheels", func(t *testing.T) {
		local := t.TempDir()
		o := empty(t).buildx(t, request{dir: p.dir, secrets: loginOfPrivate, noImage: true, flags: []string{"--cache-to=type=local,mode=max,dest=" + local}})
		if o.err != nil {
			t.Fatalf("%s\n%s", printed(o.err), o.log)
		}
		if wheels := inCache(t, local, "/private-1.0-py3-none-any.whl"); len(wheels) > 0 {
			t.Errorf("the cache has %q", wheels)
		}
		if installed := inCache(t, local, "/private.py"); len(installed) == 0 {
			t.Error("the cache has not what is installed")
		}
	})
}

// kinds are the first words of steps' names.
func kinds(steps []string) (all []string) {
	for _, s := range steps {
		kind, _, _ := strings.Cut(s, " ")
		all = append(all, kind)
	}
	return all
}

// loginOfPrivate are the secrets for the index of withLogin.
var loginOfPrivate = map[string][]byte{"POETRY_HTTP_BASIC_PRIVATE_USERNAME": []byte("me"), "POETRY_HTTP_BASIC_PRIVATE_PASSWORD": []byte(hunter)}

// withLogin adds a package of an index that wants a login.
func withLogin(p *project, t *testing.T) *project {
	t.Helper()
	w := pindex.Wheel{Name: "private", Version: "1.0", Files: map[string]string{"private.py": "x = 1\n"}}
	x := newIndex(t, w)
	x.Set(pindex.Options{Username: "me", Password: hunter})
	p.toml = plainProject + fmt.Sprintf("\n[[tool.poetry.source]]\nname = \"private\"\nurl = \"%s/simple/\"\npriority = \"explicit\"\n", x.URL)
	p.locks = append(p.locks, locked{entry: fmt.Sprintf("[[package]]\nname = \"private\"\nversion = \"1.0\"\noptional = false\npython-versions = \">=3.8\"\ngroups = [\"main\"]\n"+
		"files = [{file = %q, hash = \"sha256:%s\"}]\n\n[package.source]\ntype = \"legacy\"\nurl = \"%s/simple\"\nreference = \"private\"\n", w.Filename(), pindex.SHA256(w), x.URL)})
	return p.write(t)
}

// inCache are the files in the layers of a local cache whose names end so.
func inCache(t *testing.T, dir, suffix string) (found []string) {
	t.Helper()
	blobs, err := filepath.Glob(dir + "/blobs/sha256/*")
	must(t, err)
	for _, b := range blobs {
		data, err := os.ReadFile(b)
		must(t, err)
		if !bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
			continue // a manifest
		}
		im := &image{files: map[string]*imageFile{}, own: map[string][]string{}}
		im.apply(t, b, data)
		for _, name := range im.own[b] {
			if strings.HasSuffix(name, suffix) {
				found = append(found, name)
			}
		}
	}
	return found
}

// layersIn are those of the layers that a daemon has the content of.
func layersIn(root string, layers []string) (there []string) {
	for _, l := range layers {
		if _, err := os.Stat(filepath.Join(root, "runc-overlayfs/content/blobs", strings.ReplaceAll(l, ":", "/"))); err == nil {
			there = append(there, l)
		}
	}
	return there
}

// Two builds at once on a daemon that has built nothing share their work: what both take
// is asked, fetched, installed and compiled once.
func TestBuildsAtOnce(t *testing.T) {
	p := shop(t)
	b := empty(t)
	outcomes := make([]outcome, 2)
	var wg sync.WaitGroup
	for i := range outcomes {
		wg.Go(func() { outcomes[i] = b.buildx(t, request{dir: p.dir, noImage: true}) })
	}
	wg.Wait()
	for _, o := range outcomes {
		if o.err != nil {
			t.Fatalf("%s\n%s", printed(o.err), o.log)
		}
	}
	// BuildKit moves times by what it takes for the difference of the clocks: by the same
	// for all steps of a build.
	moved := map[time.Duration][]string{}
	for step, at := range outcomes[0].began {
		if other, both := outcomes[1].began[step]; both {
			by := other.Sub(at).Round(time.Millisecond)
			moved[by] = append(moved[by], step)
		}
	}
	if len(moved) > 1 {
		t.Errorf("steps ran more than once: %q", moved)
	}
	if n := len(outcomes[0].began) + len(outcomes[1].began); n < 7 {
		t.Errorf("a daemon that should be empty ran %d steps", n)
	}
	asked := map[string]int{}
	for _, r := range p.index.Requests() {
		asked[r]++
	}
	for r, n := range asked {
		if n > 1 && !strings.HasPrefix(r, "/files/alpha") { // that is asked for to see whether it takes a login
			t.Errorf("%s was asked for %d times", r, n)
		}
	}
}

// --no-cache-filter makes the steps of a target anew, and those alone.
func TestNoCacheFilter(t *testing.T) {
	p, b := shop(t), empty(t)
	for _, c := range []struct {
		filter string
		kinds  []string
	}{
		{"development", []string{"[compile]", "[compile]", "[compile]", "[facts]", "[install", "[install", "[locate]", "[overlaps]", "[venv]"}},
		{"development", nil}, // another target
		{"builder", []string{"[compile]", "[compile]", "[install", "[install", "[locate]", "[overlaps]", "[venv]"}},
		{"production", []string{"[compile]"}},
		{"base", []string{"[facts]"}},
	} {
		o := b.buildx(t, request{dir: p.dir, noImage: true, opts: map[string]string{"no-cache": c.filter}})
		if o.err != nil {
			t.Fatalf("%s\n%s", printed(o.err), o.log)
		}
		if !slices.Equal(kinds(o.ran), c.kinds) {
			t.Errorf("without the cache of %s these ran: %q", c.filter, o.ran)
		}
	}
}

package test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// A bumped dependency runs the steps of its own bucket, and changes the layers of its
// own bucket: installed files and byte code.
func TestBump(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		never := time.Now().UnixNano() // seen before: the daemon remembers earlier runs
		version := func(v string) pindex.Wheel {
			return pindex.Wheel{Name: "bumped", Version: v, Files: map[string]string{"bumped.py": fmt.Sprintf("version = '%s' # %d\n", v, never)}}
		}
		var locks []locked
		x := newIndex(t, version("1.0"), version("1.1"))
		for i := range 20 {
			w := pindex.Wheel{Name: fmt.Sprintf("other%d", i), Version: "1.0", Files: map[string]string{fmt.Sprintf("other%d.py", i): "x = 1\n"}}
			x.Add(w)
			locks = append(locks, locked{wheel: w})
		}
		p := (&project{index: x, locks: append(locks, locked{wheel: version("1.0")})}).write(t)
		before := build(t, m, request{dir: p.dir})
		p.locks[len(locks)].wheel = version("1.1")
		p.write(t)
		x.requests()
		after := build(t, m, request{dir: p.dir})
		if before.err != nil || after.err != nil {
			t.Fatal(before.err, after.err)
		}
		if f := after.image.files[site+"bumped.py"]; f == nil || !strings.Contains(string(f.data), "1.1") {
			t.Error("the bumped package is not there")
		}
		// The steps that look at all packages run again; of install and compile, one each.
		ran := slices.DeleteFunc(after.ran, func(n string) bool {
			return strings.HasPrefix(n, "[locate]") || strings.HasPrefix(n, "[overlaps]")
		})
		if len(ran) != 2 || !strings.HasPrefix(ran[0], "[compile] small") || !strings.HasPrefix(ran[1], "[install small") || !strings.Contains(ran[1], "bumped") {
			t.Errorf("the bump ran %q", ran)
		}
		changed := 0
		for _, l := range after.image.layers {
			if !slices.Contains(before.image.layers, l) {
				changed++
			}
		}
		if changed != 2 {
			t.Errorf("the bump changed %d layers", changed)
		}
		for _, r := range x.Requests() {
			if strings.HasPrefix(r, "/simple/") && r != "/simple/bumped/" {
				t.Errorf("the bump asked for %s", r)
			}
		}
	})
}

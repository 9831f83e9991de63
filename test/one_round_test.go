package test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Mistakes that have nothing to do with one another come in one round, and so does what only
// the transferred files tell: packages that are links.
func TestOneRound(t *testing.T) {
	t.Run("mistakes", func(t *testing.T) {
		eachMode(t, func(t *testing.T, m mode) {
			p := shop(t)
			p.toml = plainProject + "prots = [80]\n[tool.quatrain.target.production]\ngroups = [\"mian\"]\n[tool.poetry]\npackages = [{include = \"gone\"}]\n"
			p.files = map[string]string{"poetry.toml": "installer.no-binary = 1\n"}
			p.write(t)
			lock := filepath.Join(p.dir, "poetry.lock")
			data, err := os.ReadFile(lock)
			must(t, err)
			before, _, _ := strings.Cut(string(data), "content-hash")
			must(t, os.WriteFile(lock, []byte(before+"content-hash = \"ab\"\n"), 0o644))
			fails(t, build(t, m, request{dir: p.dir, noImage: true}), `unknown key "prots"`, `group "mian"`,
				`package "gone" not found`, "installer.no-binary: expected an array", "changed significantly since poetry.lock")
		})
	})
	t.Run("links", func(t *testing.T) {
		eachMode(t, func(t *testing.T, m mode) {
			p := shop(t)
			p.files = map[string]string{"shop/__init__.py": absent, "lib/shop/__init__.py": "def main(): pass\n"}
			p.write(t)
			link := filepath.Join(p.dir, "shop")
			must(t, os.RemoveAll(link))
			must(t, os.Symlink("lib/shop", link))
			if o := build(t, m, request{dir: p.dir, noImage: true}); o.err != nil {
				t.Errorf("a link in the project: %v", o.err)
			}
			must(t, os.Remove(link))
			must(t, os.Symlink("../common/shop", link))
			fails(t, build(t, m, request{dir: p.dir, noImage: true}), `package "shop" is a link to "../common/shop", which is not in the image`)
		})
	})
}

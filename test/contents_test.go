package test

import (
	"archive/tar"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The image is its base, and of ours the user, the venv and the app: no pip, no
// Poetry, no compiler, no cache, no trace of what built it; and the user that it runs as
// can write nothing of it. This holds for every builder, with MergeOp and without.
func TestContents(t *testing.T) {
	for _, b := range builders(t) {
		t.Run(b.name, func(t *testing.T) {
			p, tag, archive := service(t), b.tag(t), filepath.Join(t.TempDir(), "image.tar")
			b.must(t, p.dir, "docker", "buildx", "build", "--load", "--tag", tag, ".")
			b.must(t, "", "docker", "save", "--output", archive, tag)
			im := readImage(t, archive)
			for _, layer := range im.layers[b.layers(t, "python:3.11-slim"):] {
				for _, name := range im.own[layer] {
					if !ours(name) {
						t.Errorf("the image has %s", name)
					}
					if why := loose(im.files[name]); why != "" {
						t.Errorf("%s %s", name, why)
					}
				}
			}
			if im.files["/opt/venv/bin/shop"] == nil {
				t.Error("the image has no venv: this test looks at nothing")
			}
			c := im.config.Config
			if basePath := b.path(t, "python:3.11-slim"); c.User != "10001:10001" || !slices.Contains(c.Env, "PATH=/opt/venv/bin:"+basePath) {
				t.Errorf("user %s, environment %q; PATH of the base %s", c.User, c.Env, basePath)
			}
			probe := "import importlib.util as i, sys; sys.exit([m for m in ('pip', 'poetry', 'setuptools', 'devtool') if i.find_spec(m)] or 0)"
			b.must(t, "", "docker", "run", "--rm", tag, "python", "-c", probe)
		})
	}
}

// layers is how many layers an image has.
func (b builder) layers(t *testing.T, image string) int {
	t.Helper()
	b.must(t, "", "docker", "pull", "--quiet", image)
	var all []string
	decode(t, []byte(b.must(t, "", "docker", "image", "inspect", "--format", "{{json .RootFS.Layers}}", image)), &all)
	return len(all)
}

// path is the PATH of an image.
func (b builder) path(t *testing.T, image string) string {
	t.Helper()
	var env []string
	decode(t, []byte(b.must(t, "", "docker", "image", "inspect", "--format", "{{json .Config.Env}}", image)), &env)
	for _, e := range env {
		if path, ok := strings.CutPrefix(e, "PATH="); ok {
			return path
		}
	}
	t.Fatalf("%s has no PATH", image)
	return ""
}

// loose says what lets somebody else than root write a file, or become root with it. The
// user's home is the user's.
func loose(f *imageFile) string {
	h := f.header
	switch {
	case strings.TrimSuffix(h.Name, "/") == "home/app":
		return ""
	case h.Uid != 0 || h.Gid != 0:
		return fmt.Sprintf("belongs to %d:%d", h.Uid, h.Gid)
	case h.Typeflag != tar.TypeSymlink && h.Mode&0o022 != 0:
		return fmt.Sprintf("has the mode %o", h.Mode)
	case h.Mode&0o6000 != 0 || h.PAXRecords["SCHILY.xattr.security.capability"] != "":
		return "gives the one who runs it another's rights"
	}
	return ""
}

// owned is all that the image of service has beyond its base; ** is any file below.
var owned = []string{
	"/", "/etc", "/etc/group", "/etc/passwd", "/home", "/home/app", "/app", "/app/**",
	"/opt", "/opt/venv", "/opt/venv/pyvenv.cfg", "/opt/venv/lib64", "/opt/venv/lib", "/opt/venv/lib/python3.11", "/opt/venv/lib/python3.11/site-packages",
	"/opt/venv/bin", "/opt/venv/bin/python", "/opt/venv/bin/python3", "/opt/venv/bin/python3.11", "/opt/venv/bin/alpha-run", "/opt/venv/bin/shop",
	site + "__pycache__", site + "__pycache__/beta.cpython-311.pyc", site + "beta.py", site + "beta-2.0.dist-info", site + "beta-2.0.dist-info/**",
	site + "alpha", site + "alpha/**", site + "alpha-1.0.dist-info", site + "alpha-1.0.dist-info/**",
	site + "shop.pth", site + "shop-1.0.0.dist-info", site + "shop-1.0.0.dist-info/**",
}

func ours(name string) bool {
	return slices.ContainsFunc(owned, func(o string) bool {
		folder, below := strings.CutSuffix(o, "**")
		return name == o || below && strings.HasPrefix(name, folder)
	})
}

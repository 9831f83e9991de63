package test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// checkout is a working copy beside the project, with what lies around in one.
func checkout(t *testing.T, version string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "omnibus")
	files := library(t, "omnibus", version)
	maps.Copy(files, map[string]string{
		"local.py": "", ".git/junk.py": "", ".venv/lib/junk.py": "", "__pycache__/junk.py": "", ".dockerignore": "*.py\n",
	})
	for name, data := range files {
		must(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		must(t, os.WriteFile(filepath.Join(dir, name), []byte(data), 0o644))
	}
	return dir
}

// A build context of a dependency's name takes its place for one build: no host is
// asked, and no key of it need be known.
func TestOverride(t *testing.T) {
	for name, s := range map[string]string{
		"git":       gitSource{name: "omnibus", version: "0.2.5", url: "git@git.test:group/omnibus.git", reference: "main", commit: strings.Repeat("ab", 20)}.entry(),
		"directory": directoryEntry("omnibus", "0.2.5", "../omnibus"),
		"wheel at an address": "[[package]]\nname = \"omnibus\"\nversion = \"0.2.5\"\ndescription = \"\"\noptional = false\npython-versions = \"*\"\n" +
			"groups = [\"main\"]\nfiles = [{file = \"omnibus-0.2.5-py3-none-any.whl\", hash = \"sha256:" + strings.Repeat("ab", 32) + "\"}]\n\n" +
			"[package.source]\ntype = \"url\"\nurl = \"https://files.test/omnibus-0.2.5-py3-none-any.whl\"\n",
	} {
		t.Run(name, func(t *testing.T) {
			p := newGitProject(t, "")
			p.locks = append(p.locks, locked{entry: s})
			p.write(t)
			dir := checkout(t, "0.3.0.dev1")
			r := request{dir: p.dir, folders: map[string]string{"omnibus": dir}}
			o := build(t, buildx, r)
			if o.err != nil {
				t.Fatalf("%s\n%s", printed(o.err), o.log)
			}
			for _, f := range []string{"omnibus.py", "local.py", "omnibus-0.3.0.dev1.dist-info/METADATA"} {
				if o.image.files[site+f] == nil {
					t.Errorf("%s is not installed", f)
				}
			}
			for f := range o.image.files {
				if strings.Contains(f, "junk") || strings.HasSuffix(f, "omnibus-0.3.0.dev1.dist-info/direct_url.json") {
					t.Errorf("%s is installed", f)
				}
			}

			if name != "git" {
				return // from here on they are one
			}
			must(t, os.WriteFile(filepath.Join(dir, ".git", "more"), nil, 0o644))
			if o = build(t, buildx, r); o.err != nil || len(o.ran) > 0 {
				t.Errorf("a change of .git ran %q, error %v", o.ran, o.err)
			}
			must(t, os.WriteFile(filepath.Join(dir, "local.py"), []byte("x = 1\n"), 0o644))
			if o = build(t, buildx, r); o.err != nil || len(withPrefix(o.ran, "[build] omnibus")) != 1 {
				t.Errorf("an edit of the library ran %q, error %v", o.ran, o.err)
			}
		})
	}
}

func directoryEntry(name, version, path string) string {
	return fmt.Sprintf("[[package]]\nname = %q\nversion = %q\ndescription = \"\"\noptional = false\npython-versions = \"*\"\n"+
		"groups = [\"main\"]\nfiles = []\ndevelop = true\n\n[package.source]\ntype = \"directory\"\nurl = %q\n", name, version, path)
}

// Compose has additional_contexts, relative to compose.yaml.
func TestOverrideByCompose(t *testing.T) {
	b, tag := engine(t), unique(t)
	p := newGitProject(t, "", gitSource{name: "omnibus", version: "0.2.5", url: "git@git.test:group/omnibus.git", reference: "main", commit: strings.Repeat("ab", 20)})
	p.dir = filepath.Join(t.TempDir(), "shop")
	must(t, os.Rename(checkout(t, "0.3.0.dev1"), filepath.Join(filepath.Dir(p.dir), "omnibus")))
	p.files["compose.yaml"] = "services:\n  app:\n    image: " + tag + "\n    build:\n      context: .\n      additional_contexts: {omnibus: ../omnibus}\n"
	p.write(t)
	t.Cleanup(func() { output(b.env, "docker", "rmi", "--force", tag) })
	b.env = append(b.env, "BUILDX_BAKE_ENTITLEMENTS_FS=0") // as in TestGitClients
	b.must(t, p.dir, "docker", "compose", "--project-name", tag, "build")
	b.must(t, "", "docker", "run", "--rm", tag, "python", "-c", "import omnibus, local")
}

// A folder outside of the build context cannot be had otherwise, which the error says.
func TestFolderOutside(t *testing.T) {
	p := newGitProject(t, "")
	p.locks = append(p.locks, locked{entry: directoryEntry("omnibus", "0.2.5", "../omnibus")})
	o := build(t, buildx, request{dir: p.write(t).dir, noImage: true})
	fails(t, o, `>>> name = "omnibus"`, "omnibus: path dependency ../omnibus is outside the build context", "--build-context omnibus=../omnibus", "additional_contexts")
}

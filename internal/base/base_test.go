package base

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/python/tags"
)

// dirFS is a folder as an image's root.
type dirFS string

func (d dirFS) at(name string) string                  { return filepath.Join(string(d), name) }
func (d dirFS) Open(name string) (fs.File, error)      { return os.Open(d.at(name)) }
func (d dirFS) Lstat(name string) (fs.FileInfo, error) { return os.Lstat(d.at(name)) }
func (d dirFS) ReadLink(name string) (string, error)   { return os.Readlink(d.at(name)) }

func image(t *testing.T, files, links map[string]string) dirFS {
	t.Helper()
	root := dirFS(t.TempDir())
	for name, data := range files {
		if err := os.MkdirAll(filepath.Dir(root.at(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(root.at(name), []byte(data), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, target := range links {
		if err := os.MkdirAll(filepath.Dir(root.at(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, root.at(name)); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

const glibc236 = "\x00GNU C Library (Debian GLIBC 2.36-9+deb12u10) stable release version 2.36.\n"

func TestRead(t *testing.T) {
	glibc := tags.Libc{Family: "glibc", Major: 2, Minor: 36}
	for name, c := range map[string]struct {
		files, links map[string]string
		env          []string
		want         Facts
	}{
		"official": {
			files: map[string]string{"usr/local/bin/python3.12": "ELF", "usr/lib/x86_64-linux-gnu/libc.so.6": glibc236},
			links: map[string]string{"usr/local/bin/python3": "python3.12", "lib": "usr/lib"},
			env:   []string{"PATH=/usr/local/bin:/usr/bin", "PYTHON_VERSION=3.12.4"},
			want:  Facts{Interpreter: "/usr/local/bin/python3.12", Version: "3.12.4", Libc: glibc},
		},
		"debian": {
			files: map[string]string{"usr/bin/python3.11": "ELF\x003.11.2\x00x", "usr/lib/aarch64-linux-gnu/libc.so.6": glibc236},
			links: map[string]string{"usr/bin/python3": "/usr/bin/python3.11", "lib": "usr/lib", "bin": "usr/bin"},
			want:  Facts{Interpreter: "/usr/bin/python3.11", Version: "3.11.2", Libc: glibc},
		},
		"musl, free-threaded, in the shared library": {
			files: map[string]string{"usr/local/bin/python3.13t": "ELF", "usr/local/lib/libpython3.13.so.1.0": "\x003.13.1\x00", "lib/ld-musl-x86_64.so.1": "\x001.2.5\x00"},
			links: map[string]string{"usr/local/bin/python3": "python3.13t"},
			want: Facts{Interpreter: "/usr/local/bin/python3.13t", Version: "3.13.1", FreeThreaded: true,
				Libc: tags.Libc{Family: "musl", Major: 1, Minor: 2}},
		},
		"no python3, musl beside glibc, another version in the environment": {
			files: map[string]string{
				"opt/bin/python3.9": "ELF", "opt/bin/python3.13t": "ELF", "opt/bin/python3.13": "ELF", "opt/lib/libpython3.13.so.1.0": "\x003.13.0rc2+\x00",
				"lib/ld-musl-x86_64.so.1": "\x001.2.5\x00", "lib64/libc.so.6": glibc236,
				"usr/lib/os-release": "NAME=\"X\"\nID=\"rhel\"\n",
			},
			links: map[string]string{"etc/os-release": "../usr/lib/os-release", "opt/bin/python3": "gone"},
			env:   []string{"PATH=:/nowhere:/opt/bin", "PYTHON_VERSION=3.12.4"},
			want:  Facts{Interpreter: "/opt/bin/python3.13", Version: "3.13.0rc2", Libc: glibc, OS: "rhel"},
		},
		// The standard library is found beside the file, so a link's folder must not be the venv's home.
		"elsewhere, behind a link of its own name": {
			files: map[string]string{"opt/python/bin/python3.12": "ELF\x003.12.4\x00", "usr/lib/libc.so.6": glibc236},
			links: map[string]string{"usr/local/bin/python3": "python3.12", "usr/local/bin/python3.12": "/opt/python/bin/python3.12"},
			want:  Facts{Interpreter: "/opt/python/bin/python3.12", Version: "3.12.4", Libc: glibc},
		},
		"a link through another": {
			files: map[string]string{"usr/bin/python3.11": "ELF\x003.11.2\x00", "usr/lib/libc.so.6": glibc236},
			links: map[string]string{"usr/local/bin/python3": "../../../etc/alternatives/python3", "etc/alternatives/python3": "/usr/../../bin/python3.11", "bin": "usr/bin"},
			want:  Facts{Interpreter: "/usr/bin/python3.11", Version: "3.11.2", Libc: glibc},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Read(image(t, c.files, c.links), c.env)
			if err != nil {
				t.Fatal(err)
			}
			if got.Interpreter != c.want.Interpreter || got.Version != c.want.Version ||
				got.FreeThreaded != c.want.FreeThreaded || got.Libc != c.want.Libc || got.OS != c.want.OS {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
	if _, err := Read(image(t, nil, map[string]string{"usr/bin/python3": "python3"}), nil); err == nil || !strings.Contains(err.Error(), "set `base`") {
		t.Errorf("an image without Python must be an error that says what to do: %v", err)
	}
}

// The facts of this machine are those that its interpreter states.
func TestReadThisMachine(t *testing.T) {
	got, err := Read(dirFS("/"), []string{"PATH=/usr/bin"})
	if err != nil {
		t.Logf("no Python in /usr/bin here: %v", err)
		return
	}
	out, err := exec.Command(got.Interpreter, "-c",
		"import platform; print(platform.python_version(), '-'.join(platform.libc_ver()))").Output()
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.TrimSpace(string(out)); got.Version+" "+got.Libc.String() != want {
		t.Errorf("%s %s, the interpreter says %s", got.Version, got.Libc, want)
	}
}

func TestGuess(t *testing.T) {
	got, ok := Guess([]string{"PATH=/usr/local/bin:/usr/local/sbin:/usr/bin", "PYTHON_VERSION=3.12.4"})
	if !ok || got.Interpreter != "/usr/local/bin/python3.12" || got.Version != "3.12.4" || got.Libc.String() != "glibc-2.36" {
		t.Errorf("%+v, %v", got, ok)
	}
	for _, env := range [][]string{
		nil, {"PATH=/usr/local/bin"}, {"PYTHON_VERSION=3.12.4"}, {"PATH=/usr/local/bin", "PYTHON_VERSION=3.12"},
		{"PATH=/opt/bin:/usr/local/bin", "PYTHON_VERSION=3.12.4"}, {"PATH=/usr/local/bin", "PYTHON_VERSION=2.7.18"},
	} {
		if got, ok := Guess(env); ok {
			t.Errorf("%q: %+v", env, got)
		}
	}
}

// Every interpreter of this machine's PATH, one folder at a time.
func TestReadEachFolder(t *testing.T) {
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		got, err := Read(dirFS("/"), []string{"PATH=" + dir})
		if err != nil {
			continue
		}
		out, err := exec.Command(got.Interpreter, "-c",
			"import platform; print(platform.python_version().rstrip('+'), '-'.join(platform.libc_ver()))").Output()
		if err != nil {
			t.Errorf("%s: %v", got.Interpreter, err)
			continue
		}
		if want := strings.TrimSpace(string(out)); got.Version+" "+got.Libc.String() != want {
			t.Errorf("%s: %s %s, the interpreter says %s", got.Interpreter, got.Version, got.Libc, want)
		}
		t.Logf("%s %s %s %s", got.Interpreter, got.Version, got.Libc, got.OS)
	}
}

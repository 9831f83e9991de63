package base

import (
	"fmt"
	"os"
	"path"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// goodImage has all that Read looks at.
func goodImage(t *testing.T) dirFS {
	t.Helper()
	return image(t, map[string]string{
		"usr/bin/python3.12": "ELF\x003.12.4\x00", "usr/lib/libc.so.6": glibc236,
		"etc/passwd": "root:x:0:0::/root:/bin/sh\n", "etc/group": "root:x:0:\n", "etc/os-release": "ID=debian\n",
	}, map[string]string{"usr/bin/python3": "python3.12", "lib": "usr/lib"})
}

// Anybody can write a base image. Whatever is in the place of a file, reading it ends,
// and takes no more memory than a file of the usual size.
func TestHostileFiles(t *testing.T) {
	const passwd, group, osRelease, libc, python = "etc/passwd", "etc/group", "etc/os-release", "usr/lib/libc.so.6", "usr/bin/python3.12"
	fifo := func(name string) error { return syscall.Mkfifo(name, 0o644) }
	socket := func(name string) error { return syscall.Mknod(name, syscall.S_IFSOCK|0o644, 0) }
	sparse := func(name string) error {
		f, err := os.Create(name)
		if err != nil {
			return err
		}
		defer f.Close()
		return f.Truncate(20 << 30)
	}
	folder := func(name string) error { return os.Mkdir(name, 0o755) }
	linkTo := func(target string) func(string) error {
		return func(name string) error { return os.Symlink(target, name) }
	}
	text := func(s string) func(string) error {
		return func(name string) error { return os.WriteFile(name, []byte(s), 0o755) }
	}
	for _, c := range []struct {
		what, file string
		make       func(name string) error
		want       string // of the error; "" if the image is as good without that file
	}{
		{"FIFO", passwd, fifo, "/etc/passwd is not a regular file"},
		{"FIFO", group, fifo, "/etc/group is not a regular file"},
		{"FIFO", osRelease, fifo, ""},
		{"FIFO", libc, fifo, "/usr/lib/libc.so.6 is not a regular file"},
		{"FIFO", python, fifo, "no CPython 3 on its PATH"},
		{"socket", passwd, socket, "/etc/passwd is not a regular file"},
		{"device", passwd, linkTo("/dev/zero"), ""}, // of the image, which has none
		{"sparse file", passwd, sparse, "/etc/passwd is larger than 1 MiB"},
		{"sparse file", osRelease, sparse, ""},
		{"sparse file", libc, sparse, "/usr/lib/libc.so.6 is larger than 32 MiB"},
		{"sparse file", python, sparse, "cannot determine the version of /usr/bin/python3.12"},
		{"folder", passwd, folder, "/etc/passwd is not a regular file"},
		{"folder", libc, folder, "/usr/lib/libc.so.6 is not a regular file"},
		{"folder", python, folder, "no CPython 3 on its PATH"},
		{"link to itself", passwd, linkTo("passwd"), "more than 40 symbolic links"},
		{"link to itself", python, linkTo("python3.12"), "no CPython 3 on its PATH"},
		{"dangling link", passwd, linkTo("gone"), ""},
		{"link out of the root", passwd, linkTo("../../../../../../../../../../../../etc/hostname"), ""},
		{"link to /proc", osRelease, linkTo("/proc/self/environ"), ""},
		{"many digits", libc, text("GNU C Library x release version 2.999999\n"), "/usr/lib/libc.so.6 does not contain its version"},
		{"an overflow", libc, text("GNU C Library x release version 2.99999999999999999999\n"), "/usr/lib/libc.so.6 does not contain its version"},
		{"a long version", python, text("\x003.12." + strings.Repeat("9", 500) + "\x00"), "cannot determine the version of /usr/bin/python3.12"},
		{"nothing but beginnings", libc, text(strings.Repeat("GNU C Library ", 100_000)), "/usr/lib/libc.so.6 does not contain its version"},
	} {
		t.Run(c.what+" as "+c.file, func(t *testing.T) {
			root := goodImage(t)
			if err := os.Remove(root.at(c.file)); err != nil {
				t.Fatal(err)
			}
			if err := c.make(root.at(c.file)); err != nil {
				t.Fatal(err)
			}
			got, err := Read(root, nil)
			if err == nil && c.file == passwd && got.Passwd != nil {
				t.Errorf("read %q as /etc/passwd", got.Passwd)
			}
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func TestHostileEnvironment(t *testing.T) {
	root := goodImage(t)
	for name, env := range map[string][]string{
		"a PATH of many folders":        {"PATH=/usr/bin:" + strings.Repeat("/a:", 1_000_000)},
		"a version that is none":        {"PYTHON_VERSION=3.12.9\"; evil"},
		"a version of many digits":      {"PYTHON_VERSION=3.12." + strings.Repeat("9", 1000)},
		"the version of another Python": {"PYTHON_VERSION=3.999999999.1"},
		"what is no variable":           {"", "=", "PATH", "=PATH"},
	} {
		if got, err := Read(root, env); err != nil || got.Version != "3.12.4" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if _, err := Read(root, []string{"PATH=" + strings.Repeat("/a:", maxPath) + "/usr/bin"}); err == nil {
		t.Errorf("PATH is searched beyond %d folders", maxPath)
	}
	for _, v := range []string{"3.999999999.1", "3.12.9999", "3.12.4rc9999"} {
		if got, ok := Guess([]string{"PATH=/usr/local/bin", "PYTHON_VERSION=" + v}); ok {
			t.Errorf("guessed %+v", got)
		}
	}
}

// Numbers of an interpreter's name become lists of tags.
func TestHostileNames(t *testing.T) {
	for _, name := range []string{"python3.999999999", "python3.100", "x\ny/python3.12", "x\u2028y/python3.12"} {
		root := image(t, map[string]string{path.Join("opt", name): "ELF\x003.12.4\x00\x003.999999999.4\x00"}, map[string]string{"usr/bin/python3": "/opt/" + name})
		if got, err := Read(root, nil); err == nil || !strings.Contains(err.Error(), "no CPython 3") {
			t.Errorf("%q: %+v, %v", name, got, err)
		}
	}
}

func TestManyFiles(t *testing.T) {
	root := fstest.MapFS{}
	for i := range maxEntries {
		root[fmt.Sprintf("usr/bin/%d", i)] = &fstest.MapFile{}
	}
	if names, err := readNames(root, "usr/bin"); err != nil || len(names) != maxEntries {
		t.Errorf("%d names, %v", len(names), err)
	}
	root["usr/bin/more"] = &fstest.MapFile{}
	if _, err := readNames(root, "usr/bin"); err == nil || !strings.Contains(err.Error(), "/usr/bin has more than 20000 files") {
		t.Error(err)
	}
}

// A version literal counts wherever it is in a file, across two pieces too.
func TestFindInFile(t *testing.T) {
	for _, at := range []int{0, 1, 1<<20 - 20, 1<<20 - 1, 1 << 20, 1<<20 + 1<<10 - 5, 1<<20 + 1<<10, 3<<20 + 7} {
		root := image(t, map[string]string{"libc": strings.Repeat("\x00", at) + glibc236 + "rest"}, nil)
		m, err := findInFile(root, "libc", maxLibc, glibcLiteral)
		if diff := cmp.Diff([]string{"2", "36"}, m[min(1, len(m)):]); err != nil || diff != "" {
			t.Errorf("at %d: %v %s", at, err, diff)
		}
	}
}

// A database with one line of megabytes is read to its end.
func TestLongLine(t *testing.T) {
	root := image(t, map[string]string{"var/lib/dpkg/status": "Package: a\nStatus: install ok installed\nDescription: " + strings.Repeat("x", 3<<20) + "\n\nPackage: b\nStatus: install ok installed\n"}, nil)
	in, err := ReadInstalled(root)
	if err != nil || len(in.Packages) != 2 {
		t.Errorf("%d packages, %v", len(in.Packages), err)
	}
}

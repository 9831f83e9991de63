package command

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/internal/step/fixed"
)

// What a command makes or changes is the output, whatever times and modes it gives; what
// it leaves alone is not, nor what is no file.
func TestPrepare(t *testing.T) {
	s := prepare(t, `
		mkdir -p static/css empty
		echo new >static/css/a.css
		chmod 0700 static static/css && chmod 0600 static/css/a.css
		printf '#!/bin/sh\n' >tool && chmod 0711 tool
		ln -s ../tool static/link
		mkfifo pipe
		touch -r same.txt stamp && printf 'x' >same.txt && touch -r stamp same.txt && rm stamp
		cat kept.txt >/dev/null`)
	if err := RunPrepare(s); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"drwxr-xr-x app",
		"drwxr-xr-x app/empty",
		"-rw-r--r-- app/same.txt x",
		"drwxr-xr-x app/static",
		"drwxr-xr-x app/static/css",
		"-rw-r--r-- app/static/css/a.css new\n",
		"Lrwxrwxrwx app/static/link ../tool",
		"-rwxr-xr-x app/tool #!/bin/sh\n",
	}
	if diff := cmp.Diff(want, listed(t, s)); diff != "" {
		t.Error(diff)
	}
}

func TestPrepareNothing(t *testing.T) {
	s := prepare(t, "true")
	if err := RunPrepare(s); err != nil {
		t.Fatal(err)
	}
	if got := listed(t, s); len(got) != 0 {
		t.Errorf("there is %q", got)
	}
}

func TestPrepareFails(t *testing.T) {
	for script, want := range map[string]string{
		"exit 3":                  "exit 3: exit status 3",
		"kill -9 $$":              "signal: killed",
		"rm -r lib same.txt":      "the command removed files of the project: lib, lib/m.py, same.txt",
		"rm -r lib && touch lib":  "removed files of the project: lib/m.py",
		"mv kept.txt renamed.txt": "removed files of the project: kept.txt",
	} {
		err := RunPrepare(prepare(t, script))
		p, ok := err.(*step.Problem)
		if !ok || p.Kind != step.PrepareFailed || !strings.Contains(p.Message, want) || p.Hint == "" {
			t.Errorf("%q: %v", script, err)
		}
	}
	s := prepare(t, "true")
	s.Command = []string{"./no-such-program"}
	if err := RunPrepare(s); err == nil || !strings.Contains(err.Error(), "command not found in the image: ./no-such-program") {
		t.Error(err)
	}
}

// A program's relative path is below the working folder.
func TestPrepareRelative(t *testing.T) {
	s := prepare(t, "true")
	if err := os.WriteFile(filepath.Join(s.Dir, "here"), []byte("#!/bin/sh\npwd >where\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	s.Command = []string{"./here"}
	if err := RunPrepare(s); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"drwxr-xr-x app", "-rw-r--r-- app/where " + s.Dir + "\n"}, listed(t, s)); diff != "" {
		t.Error(diff)
	}
}

// prepare is a step that runs a script in a folder with some files.
func prepare(t *testing.T, script string) step.Prepare {
	t.Helper()
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chdir(wd) })
	root := t.TempDir()
	s := step.Prepare{User: fmt.Sprintf("%d:%d", os.Getuid(), os.Getgid()), Dir: filepath.Join(root, "app"), Out: filepath.Join(root, "out"), Command: []string{"sh", "-ec", script}}
	for name, data := range map[string]string{"kept.txt": "k", "same.txt": "s", "lib/m.py": "m = 1\n"} {
		full := filepath.Join(s.Dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(s.Out, 0o755); err != nil {
		t.Fatal(err)
	}
	return s
}

// Byte code of the interpreter stays behind, and nothing else of what is beside it.
func TestPrepareByteCode(t *testing.T) {
	s := prepare(t, `
		mkdir -p lib/__pycache__ new/__pycache__
		echo 1 >lib/__pycache__/m.cpython-313.pyc && echo 1 >new/__pycache__/n.cpython-313.opt-1.pyc
		echo m = 2 >lib/m.py && echo n = 1 >new/n.py
		echo 1 >new/sourceless.pyc && echo 1 >lib/__pycache__/m.f-1.py313.nbi`)
	if err := RunPrepare(s); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"drwxr-xr-x app",
		"drwxr-xr-x app/lib",
		"drwxr-xr-x app/lib/__pycache__",
		"-rw-r--r-- app/lib/__pycache__/m.f-1.py313.nbi 1\n",
		"-rw-r--r-- app/lib/m.py m = 2\n",
		"drwxr-xr-x app/new",
		"-rw-r--r-- app/new/n.py n = 1\n",
		"-rw-r--r-- app/new/sourceless.pyc 1\n",
	}
	if diff := cmp.Diff(want, listed(t, s)); diff != "" {
		t.Error(diff)
	}
}

// listed is what a step has written, in the order of the names, and checks that its times
// are fixed.
func listed(t *testing.T, s step.Prepare) (all []string) {
	t.Helper()
	top := filepath.Join(s.Out, filepath.Dir(s.Dir))
	err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if !info.ModTime().Equal(fixed.Time) {
			t.Errorf("%s has the time %s", path, info.ModTime())
		}
		if stat := info.Sys().(*syscall.Stat_t); int(stat.Uid) != os.Getuid() {
			t.Errorf("%s belongs to %d", path, stat.Uid)
		}
		name, err := filepath.Rel(top, path)
		if err != nil || name == "." {
			return err
		}
		line := info.Mode().String() + " " + name
		switch info.Mode().Type() {
		case 0:
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			line += " " + string(data)
		case fs.ModeSymlink:
			target, err := os.Readlink(path)
			if err != nil {
				return err
			}
			line += " " + target
		}
		all = append(all, line)
		return nil
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return all
}

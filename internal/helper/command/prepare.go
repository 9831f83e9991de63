package command

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/internal/step/fixed"
)

// RunPrepare runs the command that prepares an image's files. The command may write to the
// workdir. New and changed files there become the step's output and belong to root. It is an
// error to delete a file, because a layer of files cannot remove one.
func RunPrepare(s step.Prepare) error {
	u, err := parseUser(s.User)
	if err != nil {
		return err
	}
	if err := u.own(s.Dir); err != nil {
		return err
	}
	before, err := marks(s.Dir)
	if err != nil {
		return err
	}
	explain := func(said string) (what, hint string) { return u.explain(s.Dir, said) }
	if err := u.run(step.PrepareFailed, s.Dir, s.Command, explain); err != nil {
		return err
	}
	after, err := marks(s.Dir)
	if err != nil {
		return err
	}
	if err := nothingGone(before, after); err != nil {
		return err
	}
	if err := copyChanges(before, after, s.Dir, filepath.Join(s.Out, s.Dir)); err != nil {
		return err
	}
	return fixed.Tree(s.Out)
}

// marks returns what identifies a changed file, by path below a folder.
func marks(dir string) (map[string]mark, error) {
	all := map[string]mark{}
	return all, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		all[name] = markOf(info)
		return err
	})
}

func nothingGone(before, after map[string]mark) error {
	var gone []string
	for name := range before {
		if _, there := after[name]; !there {
			gone = append(gone, name)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	slices.Sort(gone)
	const most = 5
	if n := len(gone) - most; n > 0 {
		gone = append(gone[:most], fmt.Sprintf("and %d more", n))
	}
	return &step.Problem{Kind: step.PrepareFailed, Message: "the command removed files of the project: " + strings.Join(gone, ", "),
		Hint: "Leave the files out with `exclude`: the command adds a layer, and a layer cannot remove files."}
}

// copyChanges copies what is new or changed to another folder, and no more of unchanged
// folders than the way to it. What is neither a file, a folder nor a link stays behind,
// and so does byte code that an interpreter has written: it has the time of its source,
// which does not stay, and is written again if the target wants it.
func copyChanges(before, after map[string]mark, from, to string) error {
	var names []string
	for name, m := range after {
		// A folder changes with what is in it.
		if was, there := before[name]; !isByteCode(name) && (!there || was != m && !(was.mode.IsDir() && m.mode.IsDir())) {
			names = append(names, name)
		}
	}
	slices.Sort(names) // a folder comes before what is in it
	for _, name := range names {
		if err := copyOne(filepath.Join(from, name), filepath.Join(to, name), after[name].mode); err != nil {
			return err
		}
	}
	return nil
}

// isByteCode reports whether a path is an interpreter's cache of a module, or the folder
// of such. Other tools' files in the folder are not.
func isByteCode(name string) bool {
	const cache = "__pycache__"
	return filepath.Base(name) == cache || filepath.Ext(name) == ".pyc" && filepath.Base(filepath.Dir(name)) == cache
}

func copyOne(from, to string, mode fs.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	switch mode.Type() {
	case fs.ModeDir:
		return os.MkdirAll(to, 0o755)
	case fs.ModeSymlink:
		target, err := os.Readlink(from)
		if err != nil {
			return err
		}
		return os.Symlink(target, to)
	case 0:
		return copyFile(from, to, mode)
	}
	return nil
}

// copyFile copies contents; whoever may execute the file, all may.
func copyFile(from, to string, mode fs.FileMode) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	if mode&0o111 != 0 {
		return os.Chmod(to, 0o755)
	}
	return os.Chmod(to, 0o644)
}

package wheel

import (
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/quatrain-build/quatrain/internal/names"
)

// Tree is an environment that wheels are installed into. It is written through
// an [os.Root], so that a mistake in a check still cannot leave the prefix.
type Tree struct {
	venv    string // where it will stand
	python  string
	root    *os.Root
	folders map[string]bool
	files   map[string]written
	buffer  []byte
}

// written is what is known of a file in the tree.
type written struct {
	hash      [32]byte
	size      int64
	exec      bool
	wheel     string // file name
	line      int    // the file's entry among those of the wheel
	generated bool   // a launcher or metadata: the wheel's own file may take its place
}

// maxPath is Linux's PATH_MAX, the end of the string counted in: [os.Root] has no
// such limit, but whoever opens the file.
const maxPath = 4096

// NewTree starts the environment that stands at venv, below out. Python is the
// minor version as in folder names: "3.12", "3.13t".
func NewTree(out, venv, python string) (*Tree, error) {
	if !path.IsAbs(venv) || strings.ContainsAny(python, "/\\\x00") {
		return nil, errors.New("the environment's path must be absolute, and the version have no slash")
	}
	dir := filepath.Join(out, venv)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &Tree{venv: path.Clean(venv), python: python, root: root,
		folders: map[string]bool{".": true}, files: map[string]written{}, buffer: make([]byte, 256<<10)}, nil
}

// Close releases the tree; it keeps its files.
func (t *Tree) Close() error { return t.root.Close() }

func (t *Tree) interpreter() string { return t.venv + "/bin/python" }

// write puts a file at rel. Modes are 0644 and 0755 whatever the umask; as with
// Poetry, which opens what is there, an executable file stays one when another
// takes its place.
func (t *Tree) write(rel string, r io.Reader, exec bool) (written, error) {
	w := written{exec: exec || t.files[rel].exec}
	if len(t.venv+"/"+rel) >= maxPath {
		return w, bad("%.80q…: path too long", rel)
	}
	if err := t.folder(path.Dir(rel)); err != nil {
		return w, err
	}
	mode := fs.FileMode(0o644)
	if w.exec {
		mode = 0o755
	}
	f, err := t.root.OpenFile(rel, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return w, clash(rel, err)
	}
	defer f.Close()
	h := sha256.New()
	// onlyWriter: the copy must use the buffer, not the file's ReadFrom.
	w.size, err = io.CopyBuffer(onlyWriter{io.MultiWriter(f, h)}, r, t.buffer)
	if err == nil {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = f.Close()
	}
	h.Sum(w.hash[:0])
	return w, err
}

type onlyWriter struct{ io.Writer }

func (t *Tree) folder(rel string) error {
	if t.folders[rel] {
		return nil
	}
	if err := t.root.MkdirAll(rel, 0o755); err != nil {
		return clash(rel, err)
	}
	t.folders[rel] = true
	return nil
}

// clash says what happened when a file stands where a folder should, or the other way.
func clash(rel string, err error) error {
	if errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.EISDIR) || errors.Is(err, syscall.EEXIST) {
		return bad("%s is a file to one entry and a folder to another", rel)
	}
	if errors.Is(err, syscall.ENAMETOOLONG) {
		return bad("%q: name too long", rel)
	}
	return err
}

// checkTarget refuses what belongs to the environment itself, as a file and as a folder
// in its place, and leads lib64, which is a link to lib there, to the real folder.
func checkTarget(rel string) (string, error) {
	if rest, found := strings.CutPrefix(rel, "lib64/"); found {
		rel = "lib/" + rest
	}
	first, rest, below := strings.Cut(rel, "/")
	second, _, _ := strings.Cut(rest, "/")
	own := first == "pyvenv.cfg" || !below && (first == "bin" || first == "lib" || first == "lib64") ||
		first == "bin" && names.IsReserved(second)
	if own {
		return "", refused("%s belongs to the environment, not to a package", rel)
	}
	return rel, nil
}

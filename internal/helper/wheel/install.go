package wheel

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// Install unpacks the wheel at file into a tree. The order is Poetry's: launchers
// first, then the archive's files in their order (so that a wheel's own script
// wins over a launcher), then INSTALLER, direct_url.json and RECORD. A file that
// another wheel has already written is overwritten; if the contents differ, with
// a warning.
func Install(file string, into *Tree, opts Options) (Installed, error) {
	done, err := install(file, into, opts)
	if err != nil {
		return Installed{}, named(err, file, opts.Built)
	}
	return done, nil
}

func install(file string, into *Tree, opts Options) (Installed, error) {
	base := filepath.Base(file)
	name, err := parseFileName(base)
	if err != nil {
		return Installed{}, err
	}
	a, err := open(file, name)
	if err != nil {
		return Installed{}, err
	}
	defer a.file.Close()
	if opts.Warnings == nil {
		opts.Warnings = io.Discard
	}
	in := &installation{archive: a, tree: into, wheel: base, warnings: opts.Warnings}
	if err := in.prepare(name); err != nil {
		return Installed{}, err
	}
	for _, do := range []func() error{in.launchers, in.members, func() error { return in.metadata(opts) }} {
		if err := do(); err != nil {
			return Installed{}, err
		}
	}
	return Installed{
		Package: canonical(name.distribution), Version: name.version,
		DistInfo: a.distInfo, Files: len(in.entries) - in.gone + 1,
	}, nil
}

// installation is one wheel on its way into a tree.
type installation struct {
	archive  *archive
	tree     *Tree
	layout   layout
	wheel    string // file name
	entries  []entry
	gone     int // of them
	warnings io.Writer
}

// prepare reads what the wheel says of itself, before anything is written.
func (in *installation) prepare(name fileName) error {
	text, found, err := in.archive.metadata("WHEEL", maxMetadata)
	if err != nil {
		return err
	}
	if !found {
		return bad("no WHEEL file")
	}
	if !utf8.Valid(text) {
		return bad("WHEEL is not UTF-8")
	}
	version := header(text, "Wheel-Version")
	if !strings.HasPrefix(version, "1.") {
		return bad("Wheel-Version is %q: only 1.x is known", version)
	}
	in.layout = newLayout(in.tree.python, name, header(text, "Root-Is-Purelib") == "true")
	record, found, err := in.archive.metadata("RECORD", maxRecord)
	if err != nil {
		return err
	}
	if !found {
		return bad("no RECORD file")
	}
	issues, err := checkRecord(record, in.archive)
	if len(issues) > 0 {
		in.warn("RECORD: %s%s", issues[0], more(len(issues)-1))
	}
	return err
}

func more(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" (and %d more like this)", n)
}

func (in *installation) launchers() error {
	text, found, err := in.archive.metadata("entry_points.txt", maxMetadata)
	if err != nil || !found {
		return err
	}
	points, err := parseEntryPoints(text)
	if err != nil {
		return err
	}
	for _, p := range points {
		if err := in.generate("scripts", p.name, launcher(in.tree.interpreter(), p), true); err != nil {
			return err
		}
	}
	return nil
}

func (in *installation) members() error {
	skipped := 0
	for _, m := range in.archive.members {
		if slices.Contains(strings.Split(path.Dir(m.path), "/"), "__pycache__") {
			skipped++ // byte code that no one can check against its source
			continue
		}
		if err := in.member(m); err != nil {
			return err
		}
	}
	if skipped > 0 {
		in.warn("left out %d files in __pycache__", skipped)
	}
	return nil
}

func (in *installation) member(m member) error {
	scheme, rel, err := in.layout.place(m.path)
	if err != nil {
		return err
	}
	target, err := checkTarget(in.layout.target(scheme, rel))
	if err != nil || target == in.record() {
		return err // RECORD is written at the end
	}
	if info := in.distInfoOf(target); info != "" && info != in.archive.distInfo {
		return refused("%s belongs to another package", target)
	}
	r, err := m.open()
	if err != nil {
		return err
	}
	defer r.Close()
	var content io.Reader = r
	if scheme == "scripts" {
		if content, err = rewriteShebang(r, in.tree.interpreter()); err != nil {
			return err
		}
	}
	return in.write(scheme, rel, content, executable(m.file), false)
}

func (in *installation) metadata(opts Options) error {
	generate := func(name, text string) error {
		return in.generate(in.layout.root, in.archive.distInfo+"/"+name, []byte(text), false)
	}
	if err := generate("INSTALLER", Installer); err != nil {
		return err
	}
	if opts.DirectURL != "" {
		if err := generate("direct_url.json", opts.DirectURL); err != nil {
			return err
		}
	}
	text := recordText(in.layout, in.entries, in.archive.distInfo+"/RECORD")
	if len(text) > maxRecord {
		return bad("RECORD would be longer than %d bytes", maxRecord)
	}
	done, err := in.tree.write(in.record(), bytes.NewReader(text), false)
	in.note(in.record(), done, true)
	return err
}

// record returns the path of the wheel's RECORD.
func (in *installation) record() string {
	return in.layout.target(in.layout.root, in.archive.distInfo+"/RECORD")
}

// distInfoOf returns the .dist-info folder of site-packages that a file is in, or "".
// What is in it is read as the metadata of an installed package.
func (in *installation) distInfoOf(target string) string {
	rel, inSite := strings.CutPrefix(target, in.layout.dirs["purelib"]+"/")
	folder, _, _ := strings.Cut(rel, "/")
	if !inSite || !strings.HasSuffix(strings.ToLower(folder), ".dist-info") {
		return ""
	}
	return folder
}

func (in *installation) generate(scheme, rel string, text []byte, exec bool) error {
	return in.write(scheme, rel, bytes.NewReader(text), exec, true)
}

// write puts one file into the tree and notes it for RECORD.
func (in *installation) write(scheme, rel string, r io.Reader, exec, generated bool) error {
	target, err := checkTarget(in.layout.target(scheme, rel))
	if err != nil {
		return err
	}
	done, err := in.tree.write(target, r, exec)
	if err != nil {
		return err
	}
	e := entry{scheme: scheme, path: rel, hash: done.hash, size: done.size}
	before, existed := in.tree.files[target]
	switch {
	case !existed:
	case before.wheel != in.wheel:
		if before.hash != done.hash {
			in.warn("%s replaces the one of %s, which is different", target, before.wheel)
		}
	case before.hash != done.hash && !before.generated && !generated:
		return refused("two entries for %s, with different contents", target)
	default:
		in.entries[before.line].gone = true // RECORD has one line a file: the last one's
		in.gone++
	}
	in.entries = append(in.entries, e)
	in.note(target, done, generated)
	return nil
}

// note remembers what this wheel wrote.
func (in *installation) note(target string, w written, generated bool) {
	w.wheel, w.generated, w.line = in.wheel, generated, len(in.entries)-1
	in.tree.files[target] = w
}

func (in *installation) warn(format string, args ...any) {
	fmt.Fprintf(in.warnings, "warning: %s: %s\n", in.wheel, fmt.Sprintf(format, args...))
}

// rewriteShebang replaces the whole first line of a script that begins with
// "#!python" (so "#!pythonw" and arguments too).
func rewriteShebang(r io.Reader, interpreter string) (io.Reader, error) {
	const mark = "#!python"
	b := bufio.NewReader(r)
	if start, err := b.Peek(len(mark)); string(start) != mark {
		if err != nil && err != io.EOF {
			return nil, err
		}
		return b, nil
	}
	for {
		_, err := b.ReadSlice('\n')
		if err == nil || err == io.EOF {
			return io.MultiReader(strings.NewReader("#!"+interpreter+"\n"), b), nil
		}
		if err != bufio.ErrBufferFull { // a long first line goes away piece by piece
			return nil, err
		}
	}
}

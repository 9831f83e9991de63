package pyproject

import (
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/quatrain-build/quatrain/internal/source"
)

// systemFolders belong to the base image, to the engine that runs the image, or to the
// build, with all that is in them. Some are links in most images: a folder in their
// place would hide what they lead to.
var systemFolders = []string{
	"/.quatrain", "/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/libx32",
	"/opt/venv", "/out", "/proc", "/reports", "/run", "/sbin", "/sys", "/tmp",
	"/usr/bin", "/usr/include", "/usr/lib32", "/usr/lib64", "/usr/libx32", "/usr/sbin",
	"/usr/local/bin", "/usr/local/include", "/usr/local/sbin", "/var/lock", "/var/run", "/var/tmp",
}

// sharedFolders hold other things: the project may have a folder in them, but not the
// whole.
var sharedFolders = []string{
	"/", "/opt", "/usr", "/usr/lib", "/usr/libexec", "/usr/local", "/usr/local/lib", "/usr/local/share",
	"/usr/share", "/var", "/var/cache", "/var/lib", "/var/log",
}

// workdir reads the project's folder in the image.
func (p *configParser) workdir(v *source.Value) source.Text {
	t := p.Text(v)
	if why := badWorkdir(t.Value); t.Value != "" && why != "" {
		p.add(source.Errorf(t.At, "workdir %q %s", t.Value, why).
			WithHint("Use a folder that holds only the project, such as \"/app\" or \"/srv/shop\"."))
	}
	return t
}

// badWorkdir says what is wrong with a workdir, "" if nothing is. A .pth file has one
// folder a line, and Python's idea of a line's end is wide.
func badWorkdir(dir string) string {
	clean := path.Clean(dir)
	elements := strings.Split(dir, "/")
	switch {
	case !strings.HasPrefix(dir, "/"):
		return "is not an absolute path"
	case strings.ContainsFunc(dir, func(r rune) bool { return !unicode.IsGraphic(r) }):
		return "contains a control character"
	case slices.Contains(elements, ".."):
		return "contains \"..\""
	case slices.ContainsFunc(elements, func(e string) bool { return len(e) > 255 }) || len(dir) > 1024:
		return "is too long for a path"
	case slices.Contains(sharedFolders, clean):
		return "is not a folder for the project alone"
	}
	for _, s := range systemFolders {
		if clean == s || strings.HasPrefix(clean, s+"/") {
			return "is a system folder, or in one"
		}
	}
	return ""
}

// targetName checks a key of [tool.quatrain.target]: it is an option of commands, and
// --no-cache-filter has several with commas between them.
func (p *configParser) targetName(e source.Entry) string {
	outside := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_.", r)
	}
	if e.Key == "" || len(e.Key) > 100 || strings.ContainsFunc(e.Key, outside) {
		p.add(source.Errorf(e.KeyAt, "%q is not the name of a target", e.Key).
			WithHint("Use letters, digits, dash, dot and underscore."))
	}
	return e.Key
}

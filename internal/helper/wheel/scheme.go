package wheel

import (
	"path"
	"strings"

	"github.com/quatrain-build/quatrain/internal/step"
)

// layout is where the schemes of one wheel are, relative to the environment.
type layout struct {
	root    string // the scheme of what is not in .data: "purelib" or "platlib"
	dataDir string
	dirs    map[string]string
}

func newLayout(python string, name fileName, purelib bool) layout {
	site := step.SitePackages(python)
	l := layout{
		root:    "platlib",
		dataDir: name.distribution + "-" + name.version + ".data",
		dirs: map[string]string{
			"purelib": site,
			"platlib": site,
			// pip's choice, and Poetry's: never the base interpreter's own folder.
			"headers": "include/site/python" + strings.TrimSuffix(python, "t") + "/" + name.distribution,
			"scripts": "bin",
			"data":    "",
		},
	}
	if purelib {
		l.root = "purelib"
	}
	return l
}

// place returns where a member is installed: its scheme, and the path within that.
func (l layout) place(member string) (scheme, rel string, err error) {
	rest, inData := strings.CutPrefix(member+"/", l.dataDir+"/")
	if !inData {
		return l.root, member, nil
	}
	rest = strings.TrimSuffix(rest, "/")
	scheme, rel, nested := strings.Cut(rest, "/")
	if _, known := l.dirs[scheme]; !known || !nested {
		return "", "", bad("entry %q: not in a folder that .data may have", member)
	}
	return scheme, rel, nil
}

// target returns the path of a scheme's file, relative to the environment.
func (l layout) target(scheme, rel string) string { return path.Join(l.dirs[scheme], rel) }

// recordPrefix leads from the root scheme to another, as RECORD writes it.
func (l layout) recordPrefix(scheme string) string {
	if scheme == l.root {
		return ""
	}
	from, to := strings.Split(l.dirs[l.root], "/"), l.dirs[scheme]
	if to == l.dirs[l.root] {
		return "./" // pypa/installer's way to write the other of purelib and platlib
	}
	toParts := strings.Split(to, "/")
	for len(from) > 0 && len(toParts) > 0 && from[0] == toParts[0] {
		from, toParts = from[1:], toParts[1:]
	}
	prefix := strings.Repeat("../", len(from))
	if rest := strings.Join(toParts, "/"); rest != "" {
		prefix += rest + "/"
	}
	return prefix
}

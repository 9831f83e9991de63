package command

import (
	"fmt"
	"regexp"
	"strings"
)

// explain says why a command failed that may write to a folder only, as far as the end of
// its output tells: what is added to its exit status, and what to do.
func (u user) explain(dir, said string) (what, hint string) {
	denied := deniedPath(dir, said)
	if denied == "" || u.uid == 0 {
		return "", fmt.Sprintf("%s It has no network, and writes to %s only.", inTheLog, dir)
	}
	hint = fmt.Sprintf("Make it write below %s, which is all that it may write and all that is kept; "+
		"if it has to write elsewhere while it runs, set user = \"root\" in [tool.quatrain]: the image then runs as root, too.", dir)
	if strings.Contains(denied, "/site-packages/") {
		hint += fmt.Sprintf(" If that is a package of the project itself, project = \"source\" has it below %s.", dir)
	}
	return ": it may not write " + denied, hint
}

var (
	denial   = regexp.MustCompile(`(?i)permission denied`)
	absolute = regexp.MustCompile(`(?:^|[\s'"‘“(=])(/[^\s'"‘’“”:;,()<>]+)`)
)

// deniedPath returns the last path outside of a folder to which output says that
// permission was denied, or "".
func deniedPath(dir, said string) string {
	var found string
	for line := range strings.Lines(said) {
		at := denial.FindStringIndex(line)
		if at == nil {
			continue
		}
		path := firstPath(line[at[1]:])
		if path == "" {
			path = lastPath(line[:at[0]])
		}
		if path != "" && path != dir && !strings.HasPrefix(path, dir+"/") {
			found = path
		}
	}
	return found
}

func firstPath(text string) string {
	if m := absolute.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

func lastPath(text string) string {
	all := absolute.FindAllStringSubmatch(text, -1)
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1][1]
}

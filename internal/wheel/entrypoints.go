package wheel

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// entryPoint is one script of entry_points.txt.
type entryPoint struct {
	name   string
	module string
	attr   string // "main", "app.main"
}

// What a reference may look like: module:attribute [extras]. Only letters,
// digits, "_" and "." reach the launcher, so no text of a wheel becomes code there.
var reference = regexp.MustCompile(`^([\pL\pN_.]+)\s*:\s*([\pL\pN_.]+)\s*(?:\[.*\])?\s*$`)

// parseEntryPoints reads the console_scripts and gui_scripts of entry_points.txt
// (https://packaging.python.org/en/latest/specifications/entry-points/) in their
// order, with the rules of Python's configparser as pypa/installer sets it:
// delimiter "=" only, case kept, "#" and ";" comment whole lines, indented lines
// continue a value, sections and keys once only.
func parseEntryPoints(text []byte) ([]entryPoint, error) {
	if !utf8.Valid(text) {
		return nil, bad("entry_points.txt is not UTF-8")
	}
	items, err := parseINI(string(text))
	if err != nil {
		return nil, err
	}
	var points []entryPoint
	for _, item := range items {
		if item.section != "console_scripts" && item.section != "gui_scripts" {
			continue
		}
		m := reference.FindStringSubmatch(strings.TrimSpace(item.value))
		if m == nil {
			return nil, bad("entry_points.txt: %s = %q is not module:attribute", item.key, item.value)
		}
		if err := checkScriptName(item.key); err != nil {
			return nil, err
		}
		points = append(points, entryPoint{item.key, m[1], m[2]})
	}
	return points, nil
}

type iniItem struct{ section, key, value string }

func parseINI(text string) ([]iniItem, error) {
	var items []iniItem
	seen := map[string]bool{}
	section, indent, open := "", 0, false // open: an item that may be continued
	for line := range strings.Lines(strings.ReplaceAll(text, "\r", "\n")) {
		value := strings.TrimSpace(line)
		if strings.HasPrefix(value, "#") || strings.HasPrefix(value, ";") || value == "" {
			continue
		}
		depth := len(line) - len(strings.TrimLeft(line, " \t"))
		if open && depth > indent {
			items[len(items)-1].value += "\n" + value
			continue
		}
		indent = depth
		if strings.HasPrefix(value, "[") && strings.Contains(value, "]") {
			section, open = value[1:strings.LastIndex(value, "]")], false
			if seen["["+section] {
				return nil, bad("entry_points.txt: section [%s] twice", section)
			}
			seen["["+section] = true
			continue
		}
		key, v, found := strings.Cut(value, "=")
		key = strings.TrimSpace(key)
		if !found || key == "" || section == "" {
			return nil, bad("entry_points.txt: cannot read %q", value)
		}
		if seen[section+"\x00"+key] {
			return nil, bad("entry_points.txt: %s twice in [%s]", key, section)
		}
		seen[section+"\x00"+key] = true
		items, open = append(items, iniItem{section, key, strings.TrimSpace(v)}), true
	}
	return items, nil
}

// The interpreter's own names in bin.
var interpreterName = regexp.MustCompile(`^(?i:python|pypy)w?(\d+(\.\d+)*)?t?$`)

// checkScriptName refuses names that are no file in bin.
func checkScriptName(name string) error {
	p, err := memberPath(name)
	if err != nil || p != name || strings.Contains(name, "/") {
		return bad("entry_points.txt: %q is not a file name", name)
	}
	return nil
}

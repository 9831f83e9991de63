package wheel

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/quatrain-build/quatrain/internal/names"
)

// entryPoint is one script of entry_points.txt.
type entryPoint struct {
	name string
	names.Reference
}

// Limits of entry_points.txt. Real ones have a few hundred lines at most.
const (
	maxScripts = 10_000
	maxValue   = 4096 // bytes, of one value: its lines are joined
)

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
		reference, ok := names.ParseReference(item.value)
		if !ok || strings.Contains(item.value, "%") {
			return nil, bad("entry_points.txt: %s = %q is not module:attribute", item.key, item.value)
		}
		if err := names.CheckScript(item.key); err != nil {
			return nil, refused("entry_points.txt: script %v", err)
		}
		if points = append(points, entryPoint{item.key, reference}); len(points) > maxScripts {
			return nil, bad("entry_points.txt: more than %d scripts", maxScripts)
		}
	}
	return points, nil
}

type iniItem struct{ section, key, value string }

// parseINI refuses what configparser would replace in scripts: "%" and the section
// DEFAULT. No wheel means that.
func parseINI(text string) ([]iniItem, error) {
	var items []iniItem
	seen := map[string]bool{}
	section, indent, open := "", 0, false // open: an item that may be continued
	for line := range strings.Lines(text) {
		value := strings.TrimFunc(line, isSpace)
		if strings.HasPrefix(value, "#") || strings.HasPrefix(value, ";") || value == "" {
			continue
		}
		depth := utf8.RuneCountInString(line) - utf8.RuneCountInString(strings.TrimLeftFunc(line, isSpace))
		if open && depth > indent {
			last := &items[len(items)-1]
			if last.value += "\n" + value; len(last.value) > maxValue {
				return nil, bad("entry_points.txt: the value of %s is longer than %d bytes", last.key, maxValue)
			}
			continue
		}
		indent = depth
		if end := strings.LastIndex(value, "]"); end > 1 && value[0] == '[' {
			section, open = value[1:end], false
			if seen["["+section] || section == "DEFAULT" {
				return nil, bad("entry_points.txt: section [%s] twice, or not allowed", section)
			}
			seen["["+section] = true
			continue
		}
		key, v, found := strings.Cut(value, "=")
		key = strings.TrimRightFunc(key, isSpace)
		if !found || key == "" || section == "" {
			return nil, bad("entry_points.txt: cannot read %q", value)
		}
		if seen[section+"\x00"+key] {
			return nil, bad("entry_points.txt: %s twice in [%s]", key, section)
		}
		seen[section+"\x00"+key] = true
		items, open = append(items, iniItem{section, key, strings.TrimLeftFunc(v, isSpace)}), true
	}
	return items, nil
}

// isSpace reports whether Python's str.isspace holds for the character.
func isSpace(r rune) bool { return unicode.IsSpace(r) || '\x1c' <= r && r <= '\x1f' }

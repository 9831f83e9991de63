package pyproject

import (
	"regexp"
	"sort"
	"strings"

	"github.com/quatrain-build/quatrain/internal/address"
)

// requirementLines returns the values of Requires-Dist, sorted. Optional dependencies that no
// extra names are left out.
func (p *Project) requirementLines() []string {
	var all []string
	for _, d := range p.requires {
		if !d.Optional || len(d.InExtras) > 0 {
			all = append(all, requirementLine(d))
		}
	}
	sort.Strings(all)
	return all
}

// requirementLine writes a dependency as poetry-core does (packages/dependency.py
// and its subclasses, to_pep_508).
func requirementLine(d Dependency) string {
	line := d.PrettyName
	if len(d.Extras) > 0 {
		extras := append([]string(nil), d.Extras...)
		sort.Strings(extras)
		line += "[" + strings.Join(extras, ",") + "]"
	}
	switch {
	case d.direct():
		line += " @ " + d.reference()
	case d.Constraint != "*":
		line += " (" + specifier(d.Constraint) + ")"
	}
	marker := tidyMarker(d.Marker)
	if len(d.InExtras) > 0 && !markerOf(d.Marker).AsksExtras() {
		if marker != "" {
			marker = "(" + marker + ") and (" + extrasMarker(d.InExtras) + ")"
		} else {
			marker = extrasMarker(d.InExtras)
		}
	}
	if marker != "" {
		line += " ; " + marker
	}
	return line
}

// reference returns the URL of a direct dependency, without a login or a signature: the
// metadata is in the image.
func (d Dependency) reference() string {
	url := address.Public(d.URL)
	switch {
	case d.Git != "":
		url = "git+" + address.Public(d.Git)
		if rev := d.Branch + d.Tag + d.Rev; rev != "" {
			url += "@" + rev
		}
	case d.Path != "":
		url = "file://" + d.Path
	}
	if d.Subdirectory != "" {
		url += "#subdirectory=" + d.Subdirectory
	}
	return url
}

var markerToken = regexp.MustCompile(`"[^"]*"|'[^']*'|[<>=!~]+|[()]|[^\s<>=!~()"']+`)

// tidyMarker writes a marker with double quotes and single spaces.
func tidyMarker(marker string) string {
	var b strings.Builder
	last := "("
	for _, t := range markerToken.FindAllString(marker, -1) {
		if t[0] == '\'' && !strings.Contains(t, `"`) {
			t = `"` + t[1:len(t)-1] + `"`
		}
		if last != "(" && t != ")" {
			b.WriteByte(' ')
		}
		b.WriteString(t)
		last = t
	}
	return b.String()
}

// specifier writes a Poetry constraint in PEP 440's notation. A plain range is
// written lower bound first; what excludes versions, or has alternatives (for which
// there is no such notation), keeps its order, as in poetry-core.
func specifier(constraint string) string {
	var written []string
	for _, alt := range alternatives(constraint) {
		var all []string
		for _, c := range parts(alt) {
			all = append(all, bounds(c)...)
		}
		if !strings.Contains(alt, "!=") {
			sort.SliceStable(all, func(i, j int) bool { return all[i][0] == '>' && all[j][0] == '<' })
		}
		written = append(written, strings.Join(all, ","))
	}
	return strings.Join(written, " || ")
}

// bounds writes one constraint without ^, ~ and ~=.
func bounds(c string) []string {
	switch {
	case strings.HasPrefix(c, "~="):
		parts := strings.Split(c[2:], ".")
		return between(parts, max(len(parts)-2, 0), c[2:])
	case c[0] == '^':
		parts := strings.Split(c[1:], ".")
		i := 0
		for i < len(parts)-1 && parts[i] == "0" {
			i++
		}
		return between(parts, i, c[1:])
	case c[0] == '~':
		parts := strings.Split(c[1:], ".")
		return between(parts, min(1, len(parts)-1), c[1:])
	case c[0] >= '0' && c[0] <= '9':
		return []string{"==" + c}
	}
	return []string{c}
}

// between returns the versions from v to below the one whose part i is one higher.
func between(parts []string, i int, from string) []string {
	upper := append(append([]string{}, parts[:i]...), next(parts[i]))
	for len(upper) < len(parts) {
		upper = append(upper, "0")
	}
	return []string{">=" + from, "<" + strings.Join(upper, ".")}
}

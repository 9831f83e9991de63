package pep508

import (
	"fmt"
	"strings"
	"testing"
)

func TestBounds(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"bytes":                {`os_name == "` + strings.Repeat("x", maxLength) + `"`, "bytes is too long"},
		"as many bytes":        {`os_name == "` + strings.Repeat("x", maxLength-20) + `"`, ""},
		"depth":                {strings.Repeat("(", 101) + `os_name == "x"` + strings.Repeat(")", 101), "parentheses nest too deep"},
		"as deep":              {strings.Repeat("(", 100) + `os_name == "x"` + strings.Repeat(")", 100), ""},
		"open parentheses":     {strings.Repeat("(", 60_000), "parentheses nest too deep"},
		"versions in a list":   {`python_version in "` + strings.Repeat("3.8 ", 2000) + `"`, "is too long"},
		"a list of text":       {`os_name in "` + strings.Repeat("x ", 10_000) + `y"`, ""},
		"a version's digits":   {`python_version >= "3.` + strings.Repeat("9", 400) + `"`, "is not a version constraint"},
		"an exponent":          {`python_full_version < "1e400"`, "is not a version constraint"},
		"a version that is no": {`python_version == ""`, "is not a version constraint"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseMarker(c.text)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%.300v, want %q", err, c.want)
			}
		})
	}
}

// What is tried for markers is bounded for one, and for all of a file together: they are
// taken for possible then.
func TestWorkIsBounded(t *testing.T) {
	var all []string
	for i := range 60 {
		all = append(all, fmt.Sprintf(`os_name != "a%d" and sys_platform != "b%d"`, i, i))
	}
	impossible := strings.Join(all, " and ") + ` and platform_machine == "x" and platform_machine == "y"`
	m, err := ParseMarker(impossible)
	if err != nil {
		t.Fatal(err)
	}
	w := NewWork()
	if m.Possible(w) {
		t.Errorf("%s is possible", impossible)
	}
	for range 1000 {
		m.Possible(w)
		m.Implies(m, w)
	}
	// One question can take more than is left by the comparisons of one environment.
	if comparisons := 122; w.left < -2*1001*2*comparisons {
		t.Errorf("%d of %d is left", w.left, fullWork)
	}
	if !m.Possible(w) || m.Implies(m, w) {
		t.Error("an answer without work")
	}
	var extras []string
	for i := range 4000 {
		extras = append(extras, fmt.Sprintf(`extra == "%d"`, i))
	}
	if _, err = ParseMarker(strings.Join(extras, " or ")[:maxLength-20]); err == nil {
		t.Error("a marker that is cut off is read")
	}
}

package pep440

import (
	"fmt"
	"strings"
	"testing"
)

// Hostile versions and constraints are refused before they cost anything.
func TestBounds(t *testing.T) {
	clauses := func(n int, glue string) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf("!=%d.%d", i, i))
		}
		return strings.Join(all, glue)
	}
	version := func(s string) error { _, err := ParseVersion(s); return err }
	release := func(s string) error { _, err := ParseRelease(s); return err }
	constraint := func(s string) error { _, err := ParseConstraint(s); return err }
	marker := func(s string) error { _, err := ParseMarkerConstraint(s); return err }
	digits := strings.Repeat("9", 400)
	for name, c := range map[string]struct {
		read       func(string) error
		text, want string
	}{
		"many numbers":           {version, "1" + strings.Repeat(".1", 1_000_000), "a version of 2000001 bytes is too long"},
		"long local part":        {version, "1+" + strings.Repeat("a.", 1_000_000) + "a", "is too long"},
		"a version as long":      {version, "1" + strings.Repeat(".1", 499), ""},
		"spaces":                 {version, strings.Repeat(" ", 2000) + "1", "is too long"},
		"400 digits":             {version, digits, "has a number that is too large"},
		"400 digits of an epoch": {version, digits + "!1", "has a number that is too large"},
		"digits of a pre":        {version, "1a" + digits, "has a number that is too large"},
		"digits of a post":       {version, "1.post" + digits, "has a number that is too large"},
		"digits of a dev":        {version, "1.dev" + digits, "has a number that is too large"},
		"digits of a local part": {version, "1+" + digits, ""},
		"an exponent":            {version, "1e400", "is not a version"},
		"a kernel's release":     {release, "6.1-" + strings.Repeat("x", 5000), ""},
		"a kernel's numbers":     {release, strings.Repeat("6.", 5000) + "1-x", "is too long"},
		"a caret's digits":       {constraint, "^" + digits, "is not a version constraint"},
		"clauses":                {constraint, clauses(101, ","), "a constraint has more than 100 clauses"},
		"clauses of a marker":    {marker, clauses(101, " "), "a constraint has more than 100 clauses"},
		"alternatives":           {constraint, clauses(101, "||"), "a constraint has more than 100 clauses"},
		"as many":                {constraint, clauses(100, ","), ""},
		"bytes":                  {constraint, "1" + strings.Repeat(" ", 10_000), "a constraint of 10001 bytes is too long"},
		"commas":                 {constraint, "1" + strings.Repeat(",", 9_990), ""},
		"carets":                 {constraint, strings.Repeat("^", 9_990), "is not a version constraint"},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.read(c.text)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%.200v, want %q", err, c.want)
			}
		})
	}
}

// Sets grow by what is added to them, and by no more: two of n ranges have 2n at most.
func TestSetsAreSmall(t *testing.T) {
	for n := 1; n <= 50; n++ {
		var even, odd []string
		for i := range n {
			even = append(even, fmt.Sprintf("!=%d", 2*i))
			odd = append(odd, fmt.Sprintf("==%d", 2*i+1))
		}
		for text, most := range map[string]int{
			strings.Join(even, ","): n + 1,
			strings.Join(odd, "||"): n,
			strings.Join(even, ",") + " || " + strings.Join(odd, "||"):     2*n + 1,
			strings.Join(even, ",") + "," + strings.Join(even, ","):        n + 1,
			strings.Join(odd, "||") + "||" + strings.Join(odd, "||"):       n,
			strings.Join(even, ",") + ",>=0 || " + strings.Join(even, ","): n + 1,
		} {
			c, err := ParseConstraint(text)
			if strings.Contains(text, ",>=0") && n == 50 {
				continue // one clause too many
			}
			if err != nil || len(c.Ranges()) > most {
				t.Errorf("%s: %d ranges, %v; at most %d", text, len(c.Ranges()), err, most)
			}
		}
	}
}

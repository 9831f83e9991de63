package answers

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/python/pep440"
)

// Planned is how `quatrain plan` ended.
type Planned struct {
	Status      int
	Out, ErrOut string
}

// reasons pairs words of Poetry's refusals with Quatrain's.
var reasons = [][2]string{
	{"pyproject.toml changed significantly", "pyproject.toml changed significantly"},
	{"pyproject.toml changed significantly", "does not have a metadata entry"},
	{"Invalid statement", "not valid TOML"},
	{"is not specified", "is not specified"},
	{"Group(s) not found", "is not defined"},
	{"not compatible with the current version", "lock-version"},
	{"does not have a metadata entry", "does not have a metadata entry"},
	{"Unable to find installation candidates", "has no file for"},
	{"is not allowed by the project", "the project allows Python"},
	{"So, because", "but the lock has"},
	{"supported Python range", "but the lock has"},
	{"is not iterable", "expected an array of names or a string"},
	{"Cannot enrich dependency", "cannot enrich dependency"},
	{"which is not defined", "which is not defined"},
	{"Cyclic dependency group", "includes itself"},
	{"not a subset of", "allows versions that requires-python"},
}

// Compare says how a plan differs from Poetry's answer, "" where it does not.
func Compare(a Answer, p Planned) string {
	if a.Refused != "" {
		return compareRefusals(a.Refused, p)
	}
	twice := a.Twice()
	if twice != "" {
		if !strings.Contains(p.ErrOut, "both apply") {
			return "Poetry installs two versions of " + twice + ", Quatrain does not say so: " + p.ErrOut
		}
		if p.Status == 1 {
			return ""
		}
	}
	if p.Status != 0 {
		return "Poetry installs, Quatrain refuses: " + p.ErrOut
	}
	var plan struct{ Packages []Plain }
	if err := json.Unmarshal([]byte(p.Out), &plan); err != nil {
		return "no JSON: " + err.Error()
	}
	var different []string
	byName := func(a, b Plain) int { return strings.Compare(a.Name, b.Name) }
	if !slices.IsSortedFunc(plan.Packages, byName) {
		different = append(different, "the packages are not sorted by name")
	}
	for _, want := range a.Packages {
		i := slices.IndexFunc(plan.Packages, func(p Plain) bool { return p.Name == want.Name })
		if i < 0 && twice != "" {
			continue // the version that is not installed may have needed it
		}
		if i < 0 {
			different = append(different, fmt.Sprintf("%s %s is missing", want.Name, want.Version))
		} else if got := Package(plan.Packages[i]); !got.isOne(a.Packages) {
			different = append(different, fmt.Sprintf("%s: %v, Poetry has %v", want.Name, got, want))
		}
	}
	for _, got := range plan.Packages {
		if !slices.ContainsFunc(a.Packages, func(p Package) bool { return p.Name == got.Name }) {
			different = append(different, fmt.Sprintf("%s %s is too much", got.Name, got.Version))
		}
	}
	return strings.Join(different, "; ")
}

// isOne reports whether Poetry installs this: of two versions of a name either will do.
func (p Package) isOne(wanted []Package) bool {
	return slices.ContainsFunc(wanted, func(w Package) bool { return w.Name == p.Name && p.is(w) })
}

// is compares with what Poetry said; what it did not say is not compared.
func (p Package) is(want Package) bool {
	got, errGot := pep440.ParseVersion(p.Version)
	version, errWant := pep440.ParseVersion(want.Version)
	sameVersion := p.Version == want.Version || errGot == nil && errWant == nil && got.Compare(version) == 0
	return sameVersion && (want.Source == "" || strings.EqualFold(p.Source, want.Source)) && (want.File == "" || p.File == want.File)
}

func compareRefusals(reason string, p Planned) string {
	if p.Status != 1 || p.ErrOut == "" {
		return fmt.Sprintf("Poetry refuses (%s), Quatrain ends with %d %s", reason, p.Status, p.ErrOut)
	}
	for _, r := range reasons {
		if strings.Contains(reason, r[0]) && strings.Contains(p.ErrOut, r[1]) {
			return ""
		}
	}
	return fmt.Sprintf("Poetry refuses (%s), Quatrain for another reason: %s", reason, p.ErrOut)
}

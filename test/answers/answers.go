// Package answers holds what the real Poetry installs from a lock, and compares
// that with `quatrain plan`. The command test/poetrydiff asks Poetry; its recorded
// answers are what the tests of cmd/quatrain compare with.
package answers

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Recorded are the answers for one project.
type Recorded struct {
	Project string   `json:"project"`
	Poetry  string   `json:"poetry"` // the version that answered
	Libc    string   `json:"libc"`   // as `quatrain plan` takes it
	Answers []Answer `json:"answers"`
}

// Answer is what Poetry did for one set of options and one Python.
type Answer struct {
	Python   string    `json:"python"`             // "3.11.7"
	Options  []string  `json:"options"`            // of `poetry install`
	Settings []string  `json:"settings,omitempty"` // environment, such as POETRY_INSTALLER_RE_RESOLVE=true
	Groups   []string  `json:"groups"`             // that Poetry activated, canonical
	Extras   []string  `json:"extras,omitempty"`
	Packages []Package `json:"packages,omitempty"` // sorted by name
	Refused  string    `json:"refused,omitempty"`  // Poetry's reason; Packages is then empty
}

// Package is one that Poetry installs. In a file of answers it is one line of text.
type Package struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Source  string `json:"source,omitempty"` // the index's name, "" for the default one; else "git+URL@commit", an address, "file:path", "directory:path"
	File    string `json:"file,omitempty"`   // "" where Poetry was not asked for it
}

// Plain is a Package that is a JSON object.
type Plain Package

// MarshalText writes "name version source file", "-" for what is empty.
func (p Package) MarshalText() ([]byte, error) {
	fields := []string{p.Name, p.Version, p.Source, p.File}
	for i, f := range fields {
		if f == "" {
			fields[i] = "-"
		}
	}
	return []byte(strings.Join(fields, " ")), nil
}

// UnmarshalText reads what MarshalText writes.
func (p *Package) UnmarshalText(text []byte) error {
	fields := strings.Split(string(text), " ")
	if len(fields) != 4 {
		return fmt.Errorf("%q is not \"name version source file\"", text)
	}
	for i, f := range fields {
		if f == "-" {
			fields[i] = ""
		}
	}
	*p = Package{fields[0], fields[1], fields[2], fields[3]}
	return nil
}

// String names the answer in messages and in the list of differences.
func (a Answer) String() string {
	return strings.Join(slices.Concat([]string{a.Python}, a.Settings, a.Options), " ")
}

// Twice is a name of which Poetry installs two versions, "" where there is none. Both
// are executed and one overwrites the other: Quatrain says so, and takes one or refuses.
func (a Answer) Twice() string {
	for i := 1; i < len(a.Packages); i++ {
		if a.Packages[i].Name == a.Packages[i-1].Name {
			return a.Packages[i].Name
		}
	}
	return ""
}

// ReResolves reports whether Poetry was told to resolve again over the lock.
func (a Answer) ReResolves() bool {
	return slices.Contains(a.Settings, "POETRY_INSTALLER_RE_RESOLVE=true")
}

// PlanArgs is the command line of `quatrain plan` that asks for the same.
// --with and --without have no equal there: the groups that they come to are named.
func (r Recorded) PlanArgs(a Answer, dir string) []string {
	args := []string{"plan", "--format", "json", "--python", a.Python, "--libc", r.Libc, "--target", "development"}
	var groups, extras []string
	for i := 0; i < len(a.Options); i++ {
		switch name, value := a.Options[i], ""; name {
		case "--all-extras":
			extras = a.Extras
		case "--all-groups":
			groups = a.Groups
		default:
			i++
			value = a.Options[i]
			switch name {
			case "--extras":
				extras = append(extras, value)
			case "--only":
				groups = append(groups, value)
			default:
				groups = a.Groups
				if groups == nil { // Poetry has no such group
					groups = []string{value}
				}
			}
		}
	}
	if len(groups) > 0 {
		args = append(args, "--groups", strings.Join(groups, ","))
	}
	if len(extras) > 0 {
		args = append(args, "--extras", strings.Join(extras, ","))
	}
	return append(args, dir)
}

// Read reads recorded answers.
func Read(name string) ([]Recorded, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var all []Recorded
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return all, nil
}

// Write writes answers, one a line, so that a review sees what changed.
func Write(name string, all []Recorded) error {
	var b strings.Builder
	for i, r := range all {
		answers := r.Answers
		r.Answers = []Answer{}
		head, err := json.Marshal(r)
		if err != nil {
			return err
		}
		b.WriteString([]string{"[\n", ",\n"}[min(i, 1)] + strings.TrimSuffix(string(head), "]}"))
		for j, a := range answers {
			line, err := json.Marshal(a)
			if err != nil {
				return err
			}
			b.WriteString([]string{"\n ", ",\n "}[min(j, 1)] + string(line))
		}
		b.WriteString("\n]}")
	}
	b.WriteString("\n]\n")
	return os.WriteFile(name, []byte(b.String()), 0o644)
}

// CopyReResolving copies a project and sets installer.re-resolve in its poetry.toml.
func CopyReResolving(dir, to string) error {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	for _, name := range []string{"pyproject.toml", "poetry.lock", "poetry.toml"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if name == "poetry.toml" {
			data, err = append([]byte("installer.re-resolve = true\n"), data...), nil
		}
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, name), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

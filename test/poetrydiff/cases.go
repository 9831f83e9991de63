package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/test/answers"
)

// subject is a project that both are asked about.
type subject struct {
	name, dir string
	files     bool // Poetry reaches the indexes and says which file it takes
	project   *pyproject.Project
}

// options are the option sets that a project is installed with: each group and each
// extra is used and left out at least once.
func (s subject) options() [][]string {
	all := [][]string{{}, {"--only", "main"}}
	var optional []string
	for _, g := range s.project.Groups {
		switch {
		case g.Name == "main":
		case g.Optional:
			optional = append(optional, g.Name)
			all = append(all, []string{"--only", g.Name})
		default:
			all = append(all, []string{"--without", g.Name}, []string{"--only", g.Name})
		}
	}
	if len(optional) > 0 {
		all = append(all, []string{"--with", strings.Join(optional, ",")}, []string{"--with", optional[0], "--without", "main"})
	}
	for _, e := range s.project.Extras {
		all = append(all, []string{"--extras", e.Name})
	}
	if len(s.project.Extras) > 0 {
		all = append(all, []string{"--only", "main", "--extras", s.project.Extras[0].Name})
	}
	all = append(all, []string{"--all-extras"})
	if len(optional) > 0 && len(s.project.Extras) > 0 {
		all = append(all, []string{"--all-groups", "--all-extras"})
	}
	return all
}

// refusedOptions are command lines that name what is not there.
var refusedOptions = [][]string{{"--only", "nope"}, {"--with", "nope"}, {"--extras", "nope"}}

// ask is Poetry's answer for one set of options.
func (s subject) ask(o *oracle, t target, settings, options []string) (answers.Answer, error) {
	a := answers.Answer{Python: t.version, Options: options, Settings: settings}
	args := append([]string{"install", "--dry-run", "--no-interaction"}, options...)
	r, err := o.ask(s.dir, t.dir, s.files, settings, args...)
	if err != nil {
		return a, err
	}
	a.Groups, a.Extras = r.Groups, r.Extras
	for _, p := range r.Packages {
		a.Packages = append(a.Packages, answers.Package(p))
	}
	slices.SortStableFunc(a.Packages, func(x, y answers.Package) int { return strings.Compare(x.Name, y.Name) })
	if r.Status != 0 {
		a.Refused, a.Packages = reason(r.Output), nil
		if a.Refused == "" {
			return a, fmt.Errorf("%s: Poetry fails and says nothing", s.name)
		}
	}
	return a, nil
}

var spaces = regexp.MustCompile(`\s+`)

// reason is what Poetry printed, without what it prints before it fails.
func reason(output string) string {
	text := spaces.ReplaceAllString(output, " ")
	for _, progress := range []string{"Installing dependencies from lock file", "Finding the necessary packages for the current system"} {
		text = strings.Replace(text, progress, "", 1)
	}
	text = strings.TrimSpace(text)
	if len(text) > 300 {
		text = text[:300] + "…"
	}
	return text
}

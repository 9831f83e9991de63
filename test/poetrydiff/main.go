// Command poetrydiff holds `quatrain plan` against the real Poetry: the projects of
// test/testdata/projects, and random ones. For each of several sets of options and
// several Pythons, Poetry's `install` and the plan must name the same packages, versions,
// sources and files, or refuse for the same reason. What may differ is listed, with
// the reason, in test/testdata/differences.txt.
//
//	go run ./test/poetrydiff                 compare
//	go run ./test/poetrydiff -update         and record Poetry's answers for the unit tests
//	go run ./test/poetrydiff -only pytorch   of some projects; with -update, the answers of the others stay
//	go run ./test/poetrydiff -lock NAME      write the lock of a project
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/test/answers"
)

const (
	projectsDir     = "test/testdata/projects"
	differencesFile = "test/testdata/differences.txt"
	answersFile     = "test/testdata/answers.json"

	// The first random projects that can be locked are recorded, too.
	randomDir     = "test/testdata/random"
	randomAnswers = "test/testdata/random.json"
	recordedSeeds = 6
)

// pythons are what is installed for.
var pythons = []string{"3.9", "3.11", "3.13"}

type config struct {
	update     bool
	lock       string
	only       string
	seeds, one int
	first      int
	random     bool
	keep       bool
}

func main() {
	var c config
	flag.BoolVar(&c.update, "update", false, "record Poetry's answers")
	flag.StringVar(&c.lock, "lock", "", "write the lock of this project, with the Poetry that its first line names")
	flag.StringVar(&c.only, "only", "", "projects whose name matches this expression")
	flag.IntVar(&c.seeds, "seeds", 40, "how many random projects")
	flag.IntVar(&c.first, "first", 1, "the first random project")
	flag.IntVar(&c.one, "seed", 0, "this random project alone")
	flag.BoolVar(&c.random, "random", false, "random projects alone")
	flag.BoolVar(&c.keep, "keep", false, "keep the random projects' folders, and say where")
	flag.Parse()
	if err := run(c); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(c config) error {
	p, err := newProxy()
	if err != nil {
		return err
	}
	if c.lock != "" {
		return lockProject(c.lock, p)
	}
	d, err := newDiff(p)
	if err != nil {
		return err
	}
	defer d.close()
	if c.one == 0 && !c.random {
		if err := d.projects(c); err != nil {
			return err
		}
	}
	if c.only == "" {
		if err := d.random(c); err != nil {
			return err
		}
	}
	return d.report()
}

// diff compares, and counts.
type diff struct {
	proxy       *proxy
	poetry      *oracle
	targets     []target
	quatrain    string // the command
	temp        string
	libc        string
	differences answers.Differences

	seen map[string]bool // texts of differences in this project

	recorded []answers.Recorded // of random projects

	answers, refused, twice, wrong, listed, installed int
}

func newDiff(p *proxy) (*diff, error) {
	d := &diff{proxy: p}
	for _, minor := range pythons {
		t, err := newTarget(minor)
		if err != nil {
			return nil, err
		}
		d.targets = append(d.targets, t)
	}
	var errs [4]error
	d.libc, errs[0] = glibc()
	d.differences, errs[1] = answers.ReadDifferences(differencesFile)
	d.temp, errs[2] = os.MkdirTemp("", "poetrydiff")
	d.poetry, errs[3] = newOracle(current, p.environment())
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	d.quatrain = filepath.Join(d.temp, "quatrain")
	return d, command(exec.Command("go", "build", "-o", d.quatrain, "./cmd/quatrain"))
}

func (d *diff) close() {
	d.poetry.close()
	os.RemoveAll(d.temp)
}

// projects compares what is committed.
func (d *diff) projects(c config) error {
	dirs, err := filepath.Glob(filepath.Join(projectsDir, "*", "pyproject.toml"))
	if err != nil {
		return err
	}
	var all []answers.Recorded
	for _, file := range dirs {
		name := filepath.Base(filepath.Dir(file))
		if matched, err := regexp.MatchString(c.only, name); err != nil || !matched {
			continue
		}
		s, err := d.subject(name, filepath.Dir(file))
		if err != nil {
			return err
		}
		r, err := d.compare(s, d.targets)
		if err != nil {
			return err
		}
		if err := d.compareInstalled(s, r); err != nil {
			return err
		}
		all = append(all, r)
	}
	if !c.update {
		return nil
	}
	if c.only != "" {
		if all, err = amongRecorded(all); err != nil {
			return err
		}
	}
	return answers.Write(answersFile, all)
}

// amongRecorded are the answers that are recorded, with these in the place of theirs.
func amongRecorded(these []answers.Recorded) ([]answers.Recorded, error) {
	recorded, err := answers.Read(answersFile)
	if err != nil {
		return nil, err
	}
	all := slices.DeleteFunc(recorded, func(old answers.Recorded) bool {
		return slices.ContainsFunc(these, func(r answers.Recorded) bool { return r.Project == old.Project })
	})
	all = append(all, these...)
	slices.SortFunc(all, func(a, b answers.Recorded) int { return strings.Compare(a.Project, b.Project) })
	return all, nil
}

// subject reads a project as far as its groups and extras.
func (d *diff) subject(name, dir string) (subject, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return subject{}, err
	}
	data, err := os.ReadFile(filepath.Join(dir, "pyproject.toml"))
	if err != nil {
		return subject{}, err
	}
	// Where Poetry refuses a pyproject.toml so do we: what was read is enough here.
	p, _, _ := pyproject.Parse(&source.File{Name: "pyproject.toml", Data: data})
	if p == nil {
		p = &pyproject.Project{}
	}
	return subject{name: name, dir: abs, project: p, files: bytes.Contains(data, []byte("[[tool.poetry.source]]"))}, nil
}

// compare asks both about every set of options. Projects that can resolve again over
// a lock with groups are asked to do that, too.
func (d *diff) compare(s subject, targets []target) (answers.Recorded, error) {
	r := answers.Recorded{Project: s.name, Poetry: current, Libc: d.libc}
	lock, err := os.ReadFile(filepath.Join(s.dir, "poetry.lock"))
	if err != nil {
		return r, err
	}
	ways := [][]string{nil}
	if bytes.Contains(lock, []byte(`lock-version = "2.1"`)) {
		ways = append(ways, []string{"POETRY_INSTALLER_RE_RESOLVE=true"})
	}
	before := d.wrong
	d.seen = map[string]bool{}
	for _, t := range targets {
		for _, settings := range ways {
			for _, options := range s.options() {
				if err := d.compareOne(s, &r, t, settings, options); err != nil {
					return r, err
				}
			}
		}
	}
	refusals := refusedOptions
	if r.Answers[0].Refused != "" {
		refusals = nil // whatever is asked for
	}
	for _, options := range refusals {
		if err := d.compareOne(s, &r, targets[1], nil, options); err != nil {
			return r, err
		}
	}
	fmt.Printf("%-32s %4d answers, %d differ\n", s.name, len(r.Answers), d.wrong-before)
	return r, nil
}

func (d *diff) compareOne(s subject, r *answers.Recorded, t target, settings, options []string) error {
	a, err := s.ask(d.poetry, t, settings, options)
	if err != nil {
		return err
	}
	r.Answers = append(r.Answers, a)
	d.answers++
	if a.Refused != "" {
		d.refused++
	}
	if a.Twice() != "" {
		d.twice++
	}
	text := answers.Compare(a, d.plan(*r, a, s.dir))
	reason := d.differences.Reason(s.name, a)
	switch {
	case text == "" && reason != "":
		text = "it is listed as a difference, and is none"
	case text != "" && reason != "":
		d.listed++
		return nil
	}
	if text != "" {
		d.wrong++
		d.tell(s, a, text, t)
	}
	return nil
}

// tell prints a difference, the first of those that read alike.
func (d *diff) tell(s subject, a answers.Answer, text string, t target) {
	alike := strings.ReplaceAll(text, t.version, "X")
	if d.seen[alike] {
		return
	}
	d.seen[alike] = true
	fmt.Printf("%s: %s\n    %s\n", s.name, a, strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    "))
}

// plan runs `quatrain plan`. Poetry's environment has no name in its command line: a
// project that is to be resolved again gets that setting as a file.
func (d *diff) plan(r answers.Recorded, a answers.Answer, dir string) answers.Planned {
	if a.ReResolves() {
		copied := filepath.Join(d.temp, "re-resolve")
		if err := answers.CopyReResolving(dir, copied); err != nil {
			return answers.Planned{Status: -1, ErrOut: err.Error()}
		}
		defer os.RemoveAll(copied)
		dir = copied
	}
	c := exec.Command(d.quatrain, r.PlanArgs(a, dir)...)
	var out, errOut bytes.Buffer
	c.Stdout, c.Stderr = &out, &errOut
	c.Run()
	return answers.Planned{Status: c.ProcessState.ExitCode(), Out: out.String(), ErrOut: errOut.String()}
}

// report is the sum.
func (d *diff) report() error {
	fmt.Printf("Poetry %s: %d answers, %d of them refusals, %d with two versions of a name, of which Quatrain takes one or refuses; %d real installations; %d differ, %d differ as listed\n",
		current, d.answers, d.refused, d.twice, d.installed, d.wrong, d.listed)
	if d.wrong > 0 {
		return fmt.Errorf("there are plans that differ from Poetry's")
	}
	return nil
}

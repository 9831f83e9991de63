package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/quatrain-build/quatrain/internal/base"
	"github.com/quatrain-build/quatrain/internal/lockfile"
	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/internal/tags"
)

// planOptions is the command line of `quatrain plan`.
type planOptions struct {
	target, groups, extras, python, platform, libc, format string
	ignoreStale                                            bool
}

func runPlan(args []string, out, errOut io.Writer) error {
	var o planOptions
	flags := flag.NewFlagSet("quatrain plan", flag.ContinueOnError)
	flags.SetOutput(errOut)
	flags.StringVar(&o.target, "target", "", "target (default production)")
	flags.StringVar(&o.groups, "groups", "", "groups instead of the target's, comma separated")
	flags.StringVar(&o.extras, "extras", "", "extras instead of the target's, comma separated")
	flags.StringVar(&o.python, "python", "", "Python version, such as 3.11.9 (default: as a build would choose)")
	flags.StringVar(&o.platform, "platform", "linux/amd64", "platform")
	flags.StringVar(&o.libc, "libc", "glibc-2.36", "C library of the base image, such as glibc-2.36 or musl-1.2")
	flags.StringVar(&o.format, "format", "text", "text or json")
	flags.BoolVar(&o.ignoreStale, "ignore-stale-lock", false, "plan even if poetry.lock does not belong to pyproject.toml")
	if err := flags.Parse(args); err != nil {
		os.Exit(2)
	}
	if flags.NArg() != 1 {
		return errors.New("name one folder: quatrain plan [options] DIR")
	}
	p, err := makePlan(o, flags.Arg(0), errOut)
	if err != nil {
		return err
	}
	if o.format == "json" {
		return printJSON(out, p)
	}
	return printText(out, p)
}

func makePlan(o planOptions, dir string, errOut io.Writer) (*plan.Plan, error) {
	project, lock, err := read(dir, errOut)
	if err != nil {
		return nil, err
	}
	if !o.ignoreStale && !lock.Fresh(project.Root) {
		return nil, source.Errorf(lock.ContentHash.At, "pyproject.toml changed significantly since poetry.lock was last generated").
			WithHint("Run `poetry lock` and commit poetry.lock.")
	}
	target, err := plan.ResolveTarget(project, o.target)
	if err != nil {
		return nil, err
	}
	if o.groups != "" {
		target.Groups = split(o.groups)
	}
	if o.extras != "" {
		target.Extras = nil
		for _, e := range split(o.extras) {
			target.Extras = append(target.Extras, source.Text{Value: e})
		}
	}
	libc, err := tags.ParseLibc(o.libc)
	if err != nil {
		return nil, err
	}
	in := plan.Input{Project: project, Lock: lock, Target: target, Platform: o.platform}
	in.Base = base.Facts{Version: o.python, Libc: libc}
	if o.python == "" {
		minor, err := plan.PythonMinor(in, "", readOptional(filepath.Join(dir, ".python-version")))
		if err != nil {
			return nil, err
		}
		in.Base.Version = minor + ".0"
	}
	return plan.New(in)
}

func read(dir string, errOut io.Writer) (*pyproject.Project, *lockfile.Lock, error) {
	files := map[string]*source.File{}
	for _, name := range []string{"pyproject.toml", "poetry.lock"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, nil, source.Errorf(source.Range{}, "there is no %s in %s", name, dir).
				WithHint("A project has both pyproject.toml and poetry.lock; `poetry lock` makes the second.")
		}
		files[name] = &source.File{Name: name, Data: data}
	}
	project, projectWarnings, errProject := pyproject.Parse(files["pyproject.toml"])
	lock, lockWarnings, errLock := lockfile.Parse(files["poetry.lock"])
	for _, w := range append(projectWarnings, lockWarnings...) {
		fmt.Fprintln(errOut, "warning:", w)
	}
	return project, lock, errors.Join(errProject, errLock)
}

func readOptional(name string) string {
	data, err := os.ReadFile(name)
	if err != nil {
		return ""
	}
	return string(data)
}

func split(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

type jsonPackage struct {
	Name    string   `json:"name"`
	Version string   `json:"version"`
	Source  string   `json:"source"`
	File    string   `json:"file"`
	SHA256  string   `json:"sha256"`
	Groups  []string `json:"groups"`
}

func printJSON(w io.Writer, p *plan.Plan) error {
	out := struct {
		Packages []jsonPackage `json:"packages"`
	}{Packages: []jsonPackage{}}
	for _, pkg := range p.Packages {
		out.Packages = append(out.Packages, jsonPackage{pkg.Name, pkg.Version, pkg.Index.Name, pkg.File, pkg.SHA256, pkg.Groups})
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

func printText(w io.Writer, p *plan.Plan) error {
	fmt.Fprintf(w, "target %s, %s, Python %s, %s: %d packages\n", p.Target.Name, p.Platform, p.Base.Version, p.Base.Libc, len(p.Packages))
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, pkg := range p.Packages {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", pkg.Name, pkg.Version, pkg.Index.Name, pkg.File)
	}
	return t.Flush()
}

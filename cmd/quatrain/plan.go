package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/base"
	"github.com/quatrain-build/quatrain/internal/plan"
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
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return &usageError{err.Error()}
	}
	if flags.NArg() != 1 {
		return &usageError{"name one folder, after the options: quatrain plan [options] DIR"}
	}
	write, known := formats[o.format]
	if !known {
		return &usageError{fmt.Sprintf("format %q is neither text nor json", o.format)}
	}
	p, err := makePlan(o, flags.Arg(0), errOut)
	if err != nil {
		return err
	}
	return write(out, p)
}

func makePlan(o planOptions, dir string, errOut io.Writer) (*plan.Plan, error) {
	files, err := readProject(dir, errOut)
	if err != nil {
		return nil, err
	}
	if !o.ignoreStale {
		if err := files.lock.CheckFresh(files.project.Root); err != nil {
			return nil, err
		}
	}
	target, err := plan.ResolveTarget(files.project, o.target)
	if err != nil {
		return nil, err
	}
	if groups := split(o.groups); len(groups) > 0 {
		target.Groups = groups
	}
	if extras := split(o.extras); len(extras) > 0 {
		target.Extras = texts(extras)
	}
	libc, err := tags.ParseLibc(o.libc)
	if err != nil {
		return nil, &usageError{err.Error()}
	}
	in := plan.Input{
		Project: files.project, Lock: files.lock, Settings: files.settings,
		Target: target, Platform: o.platform,
		Base: base.Facts{Version: o.python, Libc: libc},
	}
	if o.python == "" {
		minor, err := plan.PythonMinor(in, "", files.pythonVersion)
		if err != nil {
			return nil, err
		}
		in.Base.Version = minor + ".0"
	}
	p, err := plan.New(in)
	if err != nil {
		return nil, err
	}
	for _, w := range p.Warnings {
		fmt.Fprintln(errOut, "warning:", w)
	}
	slices.SortFunc(p.Packages, func(a, b plan.Package) int { return strings.Compare(a.Name, b.Name) })
	return p, nil
}

func split(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

func texts(all []string) []source.Text {
	var ts []source.Text
	for _, s := range all {
		ts = append(ts, source.Text{Value: s})
	}
	return ts
}

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/quatrain-build/quatrain/internal/plan"
)

// formats are the values of --format.
var formats = map[string]func(io.Writer, *plan.Plan) error{"text": printText, "json": printJSON}

// jsonPackage is one element of "packages"; they are sorted by name.
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
		groups := append([]string{}, pkg.Groups...)
		out.Packages = append(out.Packages, jsonPackage{pkg.Name, pkg.Version, pkg.Origin.String(), pkg.File, pkg.SHA256, groups})
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

func printText(w io.Writer, p *plan.Plan) error {
	fmt.Fprintf(w, "target %s, %s, Python %s, %s: %d packages\n", p.Target.Name, p.Platform, p.Base.Version, p.Base.Libc, len(p.Packages))
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, pkg := range p.Packages {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", pkg.Name, pkg.Version, pkg.Origin.String(), pkg.File)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for i, n := range p.Native() {
		if i == 0 {
			fmt.Fprintf(w, "a builder of another platform than %s emulates:\n", p.Platform)
		}
		fmt.Fprintf(w, "  %s\n", n.What)
	}
	return nil
}

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/quatrain-build/quatrain/internal/plan"
)

// formats are the values of --format.
var formats = map[string]func(io.Writer, []*plan.Plan) error{"text": printText, "json": printJSON}

// jsonPackage is one element of "packages"; they are sorted by name.
type jsonPackage struct {
	Name    string   `json:"name"`
	Version string   `json:"version"`
	Source  string   `json:"source"`
	File    string   `json:"file"`
	SHA256  string   `json:"sha256"`
	Groups  []string `json:"groups"`
}

// jsonPlan is what is printed of one platform.
type jsonPlan struct {
	Packages []jsonPackage `json:"packages"`
}

// printJSON prints the plan of one platform, or an object of those of several.
func printJSON(w io.Writer, plans []*plan.Plan) error {
	all := map[string]jsonPlan{}
	for _, p := range plans {
		own := jsonPlan{Packages: []jsonPackage{}}
		for _, pkg := range p.Packages {
			groups := append([]string{}, pkg.Groups...)
			own.Packages = append(own.Packages, jsonPackage{pkg.Name, pkg.Version, pkg.Origin.String(), pkg.File, pkg.SHA256, groups})
		}
		all[p.Platform] = own
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	if len(plans) == 1 {
		return enc.Encode(all[plans[0].Platform])
	}
	return enc.Encode(all)
}

func printText(w io.Writer, plans []*plan.Plan) error {
	for _, p := range plans {
		if err := printOne(w, p); err != nil {
			return err
		}
	}
	return nil
}

func printOne(w io.Writer, p *plan.Plan) error {
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

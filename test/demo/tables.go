package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// printPhases says how long each kind of operation took: first start to last end,
// as they overlap.
func (r *result) printPhases(w io.Writer) {
	type phase struct {
		from, to time.Time
		count    int
	}
	phases := map[string]*phase{}
	var order []string
	for _, v := range r.vertices {
		name := operation(v.Name)
		if v.Name == "exporting to image" {
			name = "export and push"
		}
		if name == "" || v.Started == nil || v.Completed == nil {
			continue
		}
		p := phases[name]
		if p == nil {
			p = &phase{from: *v.Started}
			phases[name] = p
			order = append(order, name)
		}
		p.count++
		if v.Completed.After(p.to) {
			p.to = *v.Completed
		}
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "\nphase\toperations\tseconds\t\n")
	for _, name := range order {
		p := phases[name]
		fmt.Fprintf(t, "%s\t%d\t%.1f\t\n", name, p.count, p.to.Sub(p.from).Seconds())
	}
	fmt.Fprintf(t, "in all (they overlap)\t\t%.1f\t\n", r.seconds)
	t.Flush()
}

func printLayers(w io.Writer, layers []layer) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "\nlayer\tMB\twhat is in it\n")
	var total int64
	for i, l := range layers {
		total += l.size
		fmt.Fprintf(t, "%d\t%.2f\t%.110s\n", i+1, megabytes(l.size), l.made)
	}
	fmt.Fprintf(t, "\t%.2f\tcompressed, in all\n", megabytes(total))
	t.Flush()
}

func printResults(w io.Writer, results []*result) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "\nbuild\tseconds\tsteps run\ton dependencies\tMB pushed\n")
	for _, r := range results {
		ran := r.ran()
		dependencies := 0
		for _, name := range ran {
			if slices.Contains([]string{"locate", "install", "compile"}, operation(name)) && name != "[compile] project" {
				dependencies++
			}
		}
		fmt.Fprintf(t, "%s\t%.1f\t%d\t%d\t%.2f\n", r.name, r.seconds, len(ran), dependencies, megabytes(r.pushed))
	}
	t.Flush()
}

func megabytes(n int64) float64 { return float64(n) / 1e6 }

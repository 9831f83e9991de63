package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/quatrain-build/quatrain/test/orders"
)

// printBuilt says what the image is.
func printBuilt(b *registryBuild, im *orders.Image) {
	fmt.Printf("\nWhat was built: %s\n", b.image)
	c := im.Config.Config
	fmt.Printf("  %-12s %d packages as poetry.lock has them, and the project\n", "installed", packages(im))
	fmt.Printf("  %-12s %.1f MB compressed, in %d layers\n", "size", megabytes(im.Size()), len(im.Manifest.Layers))
	fmt.Printf("  %-12s %s, as user %s in %s\n", "runs", strings.Join(c.Cmd, " "), c.User, c.WorkingDir)
}

// phases are the kinds of operations as a person calls them, in order.
var phases = []struct {
	name  string
	kinds []string
}{
	{"pull the base image", []string{"base"}},
	{"ask PyPI where files are", []string{"locate"}},
	{"download, install them", []string{"fetch", "install"}},
	{"look for overlaps", []string{"overlaps"}},
	{"byte code", []string{"compile"}},
	{"venv, user, project", []string{"venv", "user", "project"}},
	{"merge", []string{"image"}},
	{"other", nil},
}

// phaseOf is the name of the phase that an operation belongs to.
func phaseOf(o *orders.Operation) string {
	for _, ph := range phases {
		if slices.Contains(ph.kinds, o.Kind()) {
			return ph.name
		}
	}
	return "other"
}

// printPhases says how long each kind of operation took: from the start of the
// first to the end of the last, drawn to scale, for they overlap.
func printPhases(r *result) {
	fmt.Printf("\n%-25s %10s %8s\n", "Phase", "operations", "seconds")
	for _, ph := range phases {
		var all []orders.Interval
		n := r.progress.Count(func(o *orders.Operation) bool {
			if phaseOf(o) == ph.name {
				all = append(all, o.Ran()...)
				return o.DidRun()
			}
			return false
		})
		if n > 0 || ph.kinds != nil {
			printPhase(r, ph.name, fmt.Sprint(n), all)
		}
	}
	printPhase(r, "compress layers", "", []orders.Interval{r.progress.Exports["exporting layers"]})
	printPhase(r, "push", "", []orders.Interval{r.progress.Exports["pushing layers"]})
	printPhase(r, "all", fmt.Sprint(r.ran()), []orders.Interval{{From: r.begin, To: r.begin.Add(time.Duration(r.seconds * float64(time.Second)))}})
}

func printPhase(r *result, name, count string, all []orders.Interval) {
	const width = 40.0
	all = slices.DeleteFunc(all, func(i orders.Interval) bool { return i.From.IsZero() })
	if len(all) == 0 {
		fmt.Printf("%-25s %10s %8s\n", name, count, "-")
		return
	}
	from := slices.MinFunc(all, func(a, b orders.Interval) int { return a.From.Compare(b.From) }).From.Sub(r.begin).Seconds()
	to := slices.MaxFunc(all, func(a, b orders.Interval) int { return a.To.Compare(b.To) }).To.Sub(r.begin).Seconds()
	scale := width / r.seconds
	before, bar := int(from*scale), max(int((to-from)*scale+0.5), 1)
	fmt.Printf("%-25s %10s %8.1f  %s%s\n", name, count, to-from, strings.Repeat(" ", max(before, 0)), strings.Repeat("=", bar))
}

func printLayers(im *orders.Image) {
	fmt.Printf("\n%5s %8s  %s\n", "Layer", "MB", "what is in it")
	made := im.Made()
	for i, l := range im.Manifest.Layers {
		what := ""
		if i < len(made) {
			what = made[i]
		}
		fmt.Printf("%5d %8.2f  %s\n", i+1, megabytes(l.Size), shortened(what, 100))
	}
	fmt.Printf("%5s %8.2f  compressed\n", "all", megabytes(im.Size()))
}

func shortened(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// printCosts compares the builds.
func printCosts(results []*result) {
	width := len([]rune(slices.MaxFunc(results, func(a, b *result) int { return cmp.Compare(len(a.name), len(b.name)) }).name))
	fmt.Printf("\n%-*s  %14s  %15s  %7s  %9s\n", width, "Build", "operations run", "on dependencies", "seconds", "MB pushed")
	for _, r := range results {
		fmt.Printf("%-*s  %14d  %15d  %7.1f  %9.2f\n", width, r.name, r.ran(), r.ranOnDependencies(), r.seconds, megabytes(r.pushed))
	}
}

// printRan names what ran after the first build.
func printRan(results []*result) {
	fmt.Printf("\nWhat ran\n")
	for _, r := range results {
		var names []string
		r.progress.Count(func(o *orders.Operation) bool {
			if o.DidRun() {
				names = append(names, shortened(o.Name, 40))
			}
			return true
		})
		slices.Sort(names)
		fmt.Printf("  %s: %s\n", r.name, cmp.Or(strings.Join(names, " · "), "nothing"))
	}
}

func megabytes(n int64) float64 { return float64(n) / 1e6 }

// packages counts what the history's lines of installing list.
func packages(im *orders.Image) (n int) {
	for _, line := range im.Made() {
		if strings.HasPrefix(line, "install ") && !strings.HasPrefix(line, "install the project") {
			n += 1 + strings.Count(line, ", ")
		}
	}
	return n
}

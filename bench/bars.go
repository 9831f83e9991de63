package main

import (
	"fmt"
	"strings"
)

// bar is something that is wanted of Quatrain, and whether it is so.
type bar struct {
	what, wanted, got string
	met               bool
}

// bars holds the results of one kind against what is wanted. What was not measured has
// no bar.
func (t table) bars(k kind) (all []bar) {
	ratio := func(what, name, side string, wanted float64) {
		ours, theirs := t.of(k, name, "quatrain", took), t.of(k, name, side, took)
		if ours.n > 0 && theirs.n > 0 {
			r := theirs.median / ours.median
			all = append(all, bar{what + " " + side, fmt.Sprintf("≥ %g ×", wanted), fmt.Sprintf("%.2f ×", r), r >= wanted})
		}
	}
	most := func(what, wanted, got string, value, limit float64, n int) {
		if n > 0 {
			all = append(all, bar{what, wanted, got, value <= limit})
		}
	}
	uv, poetry := 2.0, 3.0
	if !k.bytecode {
		uv, poetry = 3, 5
	}
	ratio("cold, as fast as", coldCase, "uv", uv)
	ratio("cold, as fast as", coldCase, "poetry", poetry)
	ratio("one dependency bumped, as fast as", "dependency", "uv", 10)
	ratio("one dependency bumped, as fast as", "dependency", "poetry", 10)
	if again, whole := t.of(k, "dependency", "quatrain", pushedDependencies), t.of(k, coldCase, "quatrain", dependencies); again.n > 0 && whole.n > 0 {
		part := 100 * again.max / whole.median
		most("one dependency bumped, of the dependencies' bytes pushed", "≤ 10 %", fmt.Sprintf("%.1f %%", part), part, 10, again.n)
	}
	ratio("version bump, as fast as", "version", "uv", 30)
	ratio("version bump, as fast as", "version", "poetry", 30)
	version := t.of(k, "version", "quatrain", ranOnDependencies)
	most("version bump, operations on dependencies", "0", fmt.Sprintf("%g", version.max), version.max, 0, version.n)
	edit := t.of(k, "edit", "quatrain", took)
	most("an edit of the app", "≤ 1 s", seconds(edit.median)+" s", edit.median, 1, edit.n)
	wheels := t.of(k, "base", "quatrain", wheelsTouched)
	most("base image patched, steps that fetch or unpack wheels", "0", fmt.Sprintf("%g", wheels.max), wheels.max, 0, wheels.n)
	bytes := t.of(k, "base", "quatrain", pushedDependencies)
	most("base image patched, bytes of dependencies pushed", "0", fmt.Sprintf("%g", bytes.max), bytes.max, 0, bytes.n)
	if ours, theirs := t.of(k, "noop", "quatrain", took), t.of(k, "noop", "uv", took); ours.n > 0 && theirs.n > 0 {
		r := ours.median / theirs.median
		most("nothing changed, of the Dockerfile frontend's time", "≤ 1.2 ×", fmt.Sprintf("%.2f ×", r), r, 1.2, ours.n)
	}
	if ours, theirs := t.of(k, coldCase, "quatrain", size), t.of(k, coldCase, "uv", size); theirs.n > 0 {
		most("size of the image", "≤ uv's "+megabytes(theirs.median), megabytes(ours.median), ours.median, theirs.median, ours.n)
	}
	if ours, theirs := t.starts(k, "quatrain"), t.starts(k, "uv"); theirs.n > 0 {
		most("start of the service", "≤ uv's "+seconds(theirs.median)+" s", seconds(ours.median)+" s", ours.median, theirs.median, ours.n)
	}
	return all
}

// wheelsTouched counts the steps of a build that fetched or unpacked wheels.
func wheelsTouched(r result) float64 {
	n := 0
	for _, name := range r.Ran {
		if strings.HasPrefix(name, "[fetch]") || strings.HasPrefix(name, "[install") {
			n++
		}
	}
	return float64(n)
}

func megabytes(n float64) string { return fmt.Sprintf("%.1f MB", n/1e6) }

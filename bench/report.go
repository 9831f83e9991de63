package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	beginBlock = "<!-- Written by `go run ./bench -report`: what stands here is overwritten. -->"
	endBlock   = "<!-- The end of what is written. -->"
)

// writeReport writes the tables into docs/benchmarks.md, the plot beside it, and some
// rows into README.md.
func writeReport(results, root string) error {
	all, err := readResults(results)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fmt.Errorf("%s has no results", results)
	}
	t := tableOf(all)
	return errors.Join(
		writeBlock(filepath.Join(root, "docs/benchmarks.md"), t.markdown(all)),
		os.WriteFile(filepath.Join(root, "docs/benchmarks.svg"), []byte(t.plot()), 0o644),
		writeBlock(filepath.Join(root, "README.md"), t.summary(t.kinds()[0])))
}

// writeBlock replaces what stands between two marks.
func writeBlock(name, text string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	head, rest, ok := strings.Cut(string(data), beginBlock)
	_, tail, closed := strings.Cut(rest, endBlock)
	if !ok || !closed {
		return fmt.Errorf("%s has no place for the tables: lines %q and %q", name, beginBlock, endBlock)
	}
	return os.WriteFile(name, []byte(head+beginBlock+"\n\n"+text+endBlock+tail), 0o644)
}

// summary is the medians of what people do, in seconds, of a kind.
func (t table) summary(k kind) string {
	var b strings.Builder
	fmt.Fprintf(&b, "| seconds, %s |", k)
	for _, s := range sides {
		b.WriteString(" " + s.title + " |")
	}
	b.WriteString("\n|---|---|---|---|\n")
	for _, c := range caseTitles() {
		if c.name == arm64Case || c.name == exportCase || t[k][c.name] == nil {
			continue
		}
		fmt.Fprintf(&b, "| %s |", c.title)
		for _, s := range sides {
			if sp := t.of(k, c.name, s.name, took); sp.n > 0 {
				fmt.Fprintf(&b, " %s |", seconds(sp.median))
			} else {
				b.WriteString(" – |")
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

func (t table) markdown(all []measured) string {
	var b strings.Builder
	b.WriteString(facts(all))
	for _, k := range t.kinds() {
		fmt.Fprintf(&b, "### %s\n\n%s\nSeconds to a pushed image: median (min–max). n: builds of Quatrain.\n\n", upper(k.String()), t.when(k))
		t.times(&b, k)
		b.WriteString("\nWhat it cost: operations that ran, MB pushed and, cold, CPU seconds of all processes (medians).\n\n")
		t.costs(&b, k)
		t.image(&b, k)
		t.wanted(&b, k)
		b.WriteString("\n")
	}
	return b.String()
}

// facts say what was measured on.
func facts(all []measured) string {
	machines := machinesOf(all)
	for i := range machines[1:] {
		machines[i+1] = fmt.Sprintf("machine %d, %s", i+2, machines[i+1])
	}
	var versions []string
	for _, m := range all {
		v := m.on.Versions
		add(&versions, fmt.Sprintf("BuildKit %s, buildx %s, Docker Engine %s, runc %s", v["buildkitd"], v["buildx"], v["engine"], v["runc"]))
	}
	return fmt.Sprintf("Measured on %s; %s.\n\n![Seconds to a pushed image](benchmarks.svg)\n\n",
		strings.Join(machines, " and "), strings.Join(versions, " and "))
}

// when says of which commits and times the results of a kind are, a line a commit. Rows
// of one line were measured in turns; the machine may have been slower for another.
func (t table) when(k kind) string {
	of := map[string][]measured{} // by commit
	var commits []string
	for _, m := range t.all(k) {
		add(&commits, m.on.Commit)
		of[m.on.Commit] = append(of[m.on.Commit], m)
	}
	var b strings.Builder
	for _, commit := range commits {
		line := "commit " + commit + ", " + span(of[commit])
		if len(commits) > 1 {
			line = "- " + strings.Join(titles(of[commit]), "; ") + ": " + line
		}
		b.WriteString(upper(line))
	}
	return b.String()
}

// all are the results of a kind in the order of the report.
func (t table) all(k kind) (all []measured) {
	for _, c := range caseTitles() {
		for _, s := range sides {
			all = append(all, t[k][c.name][s.name]...)
		}
	}
	return all
}

// titles are the cases of some results.
func titles(of []measured) (all []string) {
	for _, c := range caseTitles() {
		if slices.ContainsFunc(of, func(m measured) bool { return m.Case == c.name }) {
			all = append(all, c.title)
		}
	}
	return all
}

// span is when some results were measured, and how busy the machine was.
func span(of []measured) string {
	byTime := func(a, b measured) int { return a.Time.Compare(b.Time) }
	byLoad := func(a, b measured) int { return cmp.Compare(a.Load, b.Load) }
	const minute = "2006-01-02 15:04"
	return fmt.Sprintf("%s to %s UTC; load average before a build, of which the one before has its part: %.1f to %.1f.\n",
		slices.MinFunc(of, byTime).Time.Format(minute), slices.MaxFunc(of, byTime).Time.Format(minute),
		slices.MinFunc(of, byLoad).Load, slices.MaxFunc(of, byLoad).Load)
}

func add(all *[]string, s string) {
	if !slices.Contains(*all, s) {
		*all = append(*all, s)
	}
}

func (t table) times(b *strings.Builder, k kind) {
	b.WriteString("| | n |")
	for _, s := range sides {
		b.WriteString(" " + s.title + " |")
	}
	b.WriteString(" × uv | × Poetry |\n|---|---|---|---|---|---|---|\n")
	for _, c := range caseTitles() {
		ours := t.of(k, c.name, "quatrain", took)
		if t[k][c.name] == nil {
			continue
		}
		fmt.Fprintf(b, "| %s | %d |", c.title, ours.n)
		for _, s := range sides {
			fmt.Fprintf(b, " %s |", t.of(k, c.name, s.name, took).text())
		}
		for _, s := range sides[1:] {
			fmt.Fprintf(b, " %s |", times(t.of(k, c.name, s.name, took), ours))
		}
		b.WriteString("\n")
	}
}

// times is how many times as long the others take.
func times(theirs, ours spread) string {
	if theirs.n == 0 || ours.n == 0 {
		return "–"
	}
	r := theirs.median / ours.median
	if r >= 10 {
		return fmt.Sprintf("%.0f", r)
	}
	return fmt.Sprintf("%.2f", r)
}

func (t table) costs(b *strings.Builder, k kind) {
	b.WriteString("| |")
	for _, s := range sides {
		b.WriteString(" " + s.title + " |")
	}
	b.WriteString("\n|---|---|---|---|\n")
	for _, c := range caseTitles() {
		if t[k][c.name] == nil {
			continue
		}
		fmt.Fprintf(b, "| %s |", c.title)
		for _, s := range sides {
			ops, bytes := t.of(k, c.name, s.name, ran), t.of(k, c.name, s.name, pushed)
			if ops.n == 0 {
				b.WriteString(" – |")
				continue
			}
			fmt.Fprintf(b, " %g, %s", ops.median, megabytes(bytes.median))
			if c.name == coldCase {
				fmt.Fprintf(b, ", %.1f CPU s", t.of(k, c.name, s.name, cpu).median)
			}
			b.WriteString(" |")
		}
		b.WriteString("\n")
	}
}

func (t table) wanted(b *strings.Builder, k kind) {
	bars := t.bars(k)
	if len(bars) == 0 {
		return
	}
	b.WriteString("\nWhat is wanted:\n\n| | wanted | measured | met |\n|---|---|---|---|\n")
	for _, bar := range bars {
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", bar.what, bar.wanted, bar.got, map[bool]string{true: "yes", false: "**no**"}[bar.met])
	}
}

// image is what the cold builds made.
func (t table) image(b *strings.Builder, k kind) {
	if t[k][coldCase] == nil {
		return
	}
	b.WriteString("| size of the image |")
	for _, s := range sides {
		fmt.Fprintf(b, " %s |", megabytes(t.of(k, coldCase, s.name, size).median))
	}
	b.WriteString("\n| start of the service, seconds |")
	for _, s := range sides {
		fmt.Fprintf(b, " %s |", t.starts(k, s.name).text())
	}
	b.WriteString("\n")
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

package wheels

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// tree is path → mode and hash, or mode and target of a link. Folders are in it.
type tree map[string]string

func readTree(root string) (tree, error) {
	t := tree{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		what := ""
		switch {
		case info.Mode()&fs.ModeSymlink != 0:
			what, err = os.Readlink(path)
		case info.Mode().IsRegular():
			what, err = hashFile(path)
		}
		rel, _ := filepath.Rel(root, path)
		t[rel] = fmt.Sprintf("%v %s", info.Mode(), what)
		return err
	})
	return t, err
}

// difference is one between what Poetry and Quatrain installed.
type difference struct {
	path     string // below the environment
	poetry   string // "" where it is not there
	quatrain string
	listed   bool // a line of RECORD whose path both have in another line
}

func (d difference) String() string {
	return fmt.Sprintf("%s:\n    Poetry   %s\n    Quatrain %s", d.path, d.poetry, d.quatrain)
}

// compare lists the differences of two installed environments, but for what was in
// the fresh one. A RECORD is compared line by line, in order.
func compare(fresh tree, poetry, quatrain string) ([]difference, error) {
	theirs, err := readTree(poetry)
	if err != nil {
		return nil, err
	}
	ours, err := readTree(quatrain)
	if err != nil {
		return nil, err
	}
	var all []difference
	for _, path := range keys(theirs, ours) {
		a, b := theirs[path], ours[path]
		if a == b || a == fresh[path] && b == "" {
			continue
		}
		if a != "" && b != "" && strings.HasSuffix(path, ".dist-info/RECORD") {
			lines, err := compareLines(path, poetry, quatrain)
			if err != nil {
				return nil, err
			}
			all = append(all, lines...)
			continue
		}
		all = append(all, difference{path, a, b, false})
	}
	return all, nil
}

func keys(a, b tree) []string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return slices.Sorted(maps.Keys(all))
}

// compareLines lists the lines that one file only has; where both have the same
// lines in another order, the first that is elsewhere.
func compareLines(path, poetry, quatrain string) ([]difference, error) {
	a, err := os.ReadFile(filepath.Join(poetry, path))
	if err != nil {
		return nil, err
	}
	b, err := os.ReadFile(filepath.Join(quatrain, path))
	if err != nil {
		return nil, err
	}
	theirs, ours := strings.SplitAfter(string(a), "\n"), strings.SplitAfter(string(b), "\n")
	site := filepath.Dir(filepath.Dir(path))
	count, listed := map[string]int{}, map[string]int{}
	for _, l := range theirs {
		count[l]++
		listed[recorded(site, l)] |= 1
	}
	for _, l := range ours {
		count[l]--
		listed[recorded(site, l)] |= 2
	}
	var all []difference
	for _, l := range slices.Sorted(maps.Keys(count)) {
		switch {
		case count[l] > 0:
			all = append(all, difference{path, l, "", listed[recorded(site, l)] == 3})
		case count[l] < 0:
			all = append(all, difference{path, "", l, listed[recorded(site, l)] == 3})
		}
	}
	lonely := func(l string) bool { return count[l] != 0 }
	theirs, ours = slices.DeleteFunc(theirs, lonely), slices.DeleteFunc(ours, lonely)
	for i := range theirs {
		if theirs[i] != ours[i] {
			return append(all, difference{path + " (order)", theirs[i], ours[i], false}), nil
		}
	}
	return all, nil
}

// recorded is the file that a line of RECORD is about, below the environment.
func recorded(site, line string) string {
	for range 2 {
		line = line[:max(0, strings.LastIndex(line, ","))]
	}
	return filepath.Join(site, line)
}

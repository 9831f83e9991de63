package wheel

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/internal/step/fixed"
)

// claim is one package's line in its RECORD: this path has this content.
type claim struct {
	pkg  string // canonical name
	tree int    // the number of the tree it is in
	hash string
	mode fs.FileMode // of the file, once it has been looked for
}

// RunOverlaps runs the overlaps step: it finds the paths that more than one package writes.
// Poetry installs packages in the order of their names, so the last one wins; merged trees
// have another order. RECORD lists what each package wrote, so only the RECORD files are
// read.
func RunOverlaps(s step.Overlaps) error {
	claims, err := readClaims(s.Python, s.Venv, s.Records)
	if err != nil {
		return err
	}
	if err := notBoth(claims); err != nil {
		return err
	}
	var found []step.Overlap
	for _, p := range differing(claims) {
		found = append(found, overlapOf(s.Venv, p, claims[p]))
	}
	return writeOverlaps(s.Out, shorten(found))
}

// RunSettle runs the settle step: it writes the overlapping files as Poetry would have left
// them, wherever the trees' order gives another result.
func RunSettle(s step.Settle) error {
	claims, err := readClaims(s.Python, s.Venv, s.Trees)
	if err != nil {
		return err
	}
	var found []step.Overlap
	for _, p := range differing(claims) {
		of, err := inTrees(s, p, claims[p])
		if err != nil {
			return err
		}
		if !differ(of) {
			continue
		}
		o := overlapOf(s.Venv, p, of)
		if o.Settled, err = settle(s, p, of); err != nil {
			return err
		}
		found = append(found, o)
	}
	list := shorten(found)
	for _, o := range list.Overlaps[:min(len(list.Overlaps), maxProblems)] {
		fmt.Fprintf(os.Stderr, "warning: %s is written by %s, with different contents: the last one stays, as with Poetry\n",
			o.Path, strings.Join(o.Packages, ", "))
	}
	if err := os.MkdirAll(filepath.Join(s.Out, "tree"), 0o755); err != nil {
		return err
	}
	return writeOverlaps(s.Out, list)
}

// differing returns the paths that packages claim with different contents, sorted.
func differing(claims map[string][]claim) []string {
	var all []string
	for p, of := range claims {
		if differ(of) {
			all = append(all, p)
		}
	}
	slices.Sort(all)
	return all
}

func differ(all []claim) bool {
	return slices.ContainsFunc(all, func(c claim) bool { return c.hash != all[0].hash })
}

func overlapOf(venv, p string, of []claim) step.Overlap {
	o := step.Overlap{Path: path.Join(venv, p)}
	for _, c := range of {
		o.Packages = append(o.Packages, c.pkg)
	}
	return o
}

// maxOverlaps bounds what the frontend reads and prints: packages that are two builds of
// one thing overlap in thousands of files.
const maxOverlaps = 1000

// shorten keeps the first overlaps. One that was settled is among them if there is any,
// for it tells that there is a tree to lie over the others.
func shorten(found []step.Overlap) step.OverlapList {
	list := step.OverlapList{Overlaps: append([]step.Overlap{}, found[:min(len(found), maxOverlaps)]...)}
	list.More = len(found) - len(list.Overlaps)
	settled := func(o step.Overlap) bool { return o.Settled }
	if first := slices.IndexFunc(found, settled); first >= len(list.Overlaps) {
		list.Overlaps[len(list.Overlaps)-1] = found[first]
	}
	return list
}

func writeOverlaps(out string, list step.OverlapList) error {
	text, err := json.MarshalIndent(list, "", " ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "overlaps.json"), append(text, '\n'), 0o644); err != nil {
		return err
	}
	return fixed.Tree(out)
}

// readClaims returns who writes each path below the environment, by name of the package.
func readClaims(python, venv string, trees []string) (map[string][]claim, error) {
	claims := map[string][]claim{}
	for i, tree := range trees {
		site := step.SitePackages(python)
		all, err := recordsIn(filepath.Join(tree, venv, site))
		if err != nil {
			return nil, err
		}
		for _, r := range all {
			rows, _ := csvRows(string(r.text)) // Install has written no more
			hashes := map[string]string{}
			for _, row := range rows {
				if p, ok := claimed(site, row); ok {
					hashes[p] = row[1]
				}
			}
			for p, hash := range hashes {
				claims[p] = append(claims[p], claim{pkg: canonical(distInfoName(r.distInfo)), tree: i, hash: hash})
			}
		}
	}
	for _, all := range claims {
		slices.SortStableFunc(all, func(a, b claim) int { return strings.Compare(a.pkg, b.pkg) })
	}
	return claims, nil
}

// claimed returns the path that a row of RECORD is about. ok is false if it has no hash,
// as the one of RECORD itself, or is about no file of the environment.
func claimed(site string, row []string) (p string, ok bool) {
	if len(row) != 3 || row[1] == "" || path.IsAbs(row[0]) {
		return "", false
	}
	p = path.Join(site, row[0])
	if rest, found := strings.CutPrefix(p, "lib64/"); found {
		p = "lib/" + rest
	}
	return p, filepath.IsLocal(p) && p != "." && !strings.HasPrefix(site+"/", p+"/")
}

// notBoth refuses a path that is a file to one package and a folder to another, as
// an installation one after another does. It names each file once.
func notBoth(claims map[string][]claim) error {
	var problems joined
	seen := map[string]bool{} // folders whose parents have been looked at, and files
	for _, p := range slices.Sorted(maps.Keys(claims)) {
		for dir := path.Dir(p); dir != "." && !seen[dir]; dir = path.Dir(dir) {
			seen[dir] = true
			if file := claims[dir]; file != nil && len(problems) < maxProblems {
				problems = append(problems, &step.Problem{Kind: step.BadWheel, Package: file[0].pkg, Hint: hintOverlap,
					Message: fmt.Sprintf("%s is a file of it and a folder of %s", clip(dir), claims[p][0].pkg)})
			}
		}
	}
	if problems == nil {
		return nil
	}
	return problems
}

const (
	maxProblems = 20 // that are printed
	hintOverlap = "Only one of the two can be installed. Remove one, or choose another version of it."
)

// inTrees returns the claims whose file is there: a RECORD may list what is not, or what
// another package brings. It notes the mode of each file.
func inTrees(s step.Settle, p string, all []claim) (there []claim, err error) {
	for _, c := range all {
		info, err := os.Lstat(c.in(s, p))
		if isNoFile(err) || err == nil && !info.Mode().IsRegular() {
			continue
		}
		if err != nil {
			return nil, err
		}
		c.mode = info.Mode()
		there = append(there, c)
	}
	return there, nil
}

// isNoFile reports whether there can be no file of a name.
func isNoFile(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) ||
		errors.Is(err, syscall.ENAMETOOLONG) || errors.Is(err, syscall.EINVAL)
}

// in returns the path of p within the claim's tree.
func (c claim) in(s step.Settle, p string) string { return filepath.Join(s.Trees[c.tree], s.Venv, p) }

// settle writes the last package's file where it will lie over the merged trees, if
// they have another there. One that was executable before stays so, as in [Tree].
func settle(s step.Settle, p string, all []claim) (bool, error) {
	winner, mode := all[len(all)-1], fs.FileMode(0o644)
	for _, c := range all {
		mode |= c.mode
	}
	merged := slices.MaxFunc(all, func(a, b claim) int { return cmp.Compare(a.tree, b.tree) })
	if winner.tree == merged.tree && merged.mode == mode {
		return false, nil
	}
	text, err := os.ReadFile(winner.in(s, p))
	if err != nil {
		return false, err
	}
	target := filepath.Join(s.Out, "tree", s.Venv, p)
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return false, err
	}
	if err := os.WriteFile(target, text, mode); err != nil {
		return false, err
	}
	return true, os.Chmod(target, mode)
}

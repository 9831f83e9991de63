package wheel

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/internal/step/fixed"
)

// claim is one package's line in its RECORD: this path has this content.
type claim struct {
	pkg  string // canonical name
	tree int    // whose tree it is in
	hash string
}

// RunOverlaps is the overlaps step. Poetry installs in the order of the packages'
// names, so that of two that write one path the last in the alphabet wins; trees
// that are merged have an order of their own. RECORD says what each package wrote,
// so nothing but RECORDs is read.
func RunOverlaps(s step.Overlaps) error {
	claims, err := readClaims(s.Python, s.Venv, s.Records)
	if err != nil {
		return err
	}
	if err := notBoth(claims); err != nil {
		return err
	}
	return writeOverlaps(s.Out, overlapsOf(s.Venv, claims))
}

// RunSettle is the settle step: what those write is put where Poetry's order and that of
// the trees differ.
func RunSettle(s step.Settle) error {
	claims, err := readClaims(s.Python, s.Venv, s.Trees)
	if err != nil {
		return err
	}
	found := overlapsOf(s.Venv, claims)
	for i, o := range found {
		p := strings.TrimPrefix(o.Path, path.Clean(s.Venv)+"/")
		if found[i].Settled, err = settle(s, p, claims[p]); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "warning: %s is written by %s, with different contents: the last one stays, as with Poetry\n",
			o.Path, strings.Join(o.Packages, ", "))
	}
	if err := os.MkdirAll(filepath.Join(s.Out, "tree"), 0o755); err != nil {
		return err
	}
	return writeOverlaps(s.Out, found)
}

// overlapsOf are the paths that packages claim with different contents, sorted.
func overlapsOf(venv string, claims map[string][]claim) []step.Overlap {
	found := []step.Overlap{}
	for _, p := range slices.Sorted(maps.Keys(claims)) {
		if !differ(claims[p]) {
			continue
		}
		o := step.Overlap{Path: path.Join(venv, p)}
		for _, c := range claims[p] {
			o.Packages = append(o.Packages, c.pkg)
		}
		found = append(found, o)
	}
	return found
}

func writeOverlaps(out string, found []step.Overlap) error {
	text, err := json.MarshalIndent(step.OverlapList{Overlaps: found}, "", " ")
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

// readClaims is path below the environment → who writes it, by name of the package.
func readClaims(python, venv string, trees []string) (map[string][]claim, error) {
	site := step.SitePackages(python)
	claims := map[string][]claim{}
	for i, tree := range trees {
		all, err := recordsIn(filepath.Join(tree, venv, site))
		if err != nil {
			return nil, err
		}
		for _, r := range all {
			pkg := canonical(distInfoName(r.distInfo))
			for _, row := range csvRows(splitLines(string(r.text))) {
				if len(row) == 3 && row[1] != "" {
					p := path.Join(site, row[0])
					if rest, ok := strings.CutPrefix(p, "lib64/"); ok {
						p = "lib/" + rest
					}
					claims[p] = append(claims[p], claim{pkg, i, row[1]})
				}
			}
		}
	}
	for _, all := range claims {
		slices.SortStableFunc(all, func(a, b claim) int { return strings.Compare(a.pkg, b.pkg) })
	}
	return claims, nil
}

func differ(all []claim) bool {
	return slices.ContainsFunc(all, func(c claim) bool { return c.hash != all[0].hash })
}

// notBoth refuses a path that is a file to one package and a folder to another, as
// an installation one after another does.
func notBoth(claims map[string][]claim) error {
	var problems joined
	for _, p := range slices.Sorted(maps.Keys(claims)) {
		for dir := path.Dir(p); dir != "." && dir != "/"; dir = path.Dir(dir) {
			if file := claims[dir]; file != nil {
				problems = append(problems, &step.Problem{Kind: step.BadWheel, Package: file[0].pkg,
					Message: fmt.Sprintf("%s is a file of it and a folder of %s", dir, claims[p][0].pkg)})
			}
		}
	}
	if problems == nil {
		return nil
	}
	return problems
}

// settle writes the last package's file where it will lie over the merged trees, if
// they have another there. One that was executable before stays so, as in [Tree].
func settle(s step.Settle, p string, all []claim) (bool, error) {
	at := func(c claim) string { return filepath.Join(s.Trees[c.tree], s.Venv, p) }
	winner, mode := all[len(all)-1], fs.FileMode(0o644)
	modes := map[int]fs.FileMode{}
	for _, c := range all {
		info, err := os.Stat(at(c))
		if err != nil {
			return false, err
		}
		modes[c.tree] = info.Mode()
		mode |= info.Mode()
	}
	merged := slices.Max(slices.Collect(maps.Keys(modes)))
	if winner.tree == merged && modes[merged] == mode {
		return false, nil
	}
	text, err := os.ReadFile(at(winner))
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

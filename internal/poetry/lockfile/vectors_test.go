package lockfile

import (
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/quatrain-build/quatrain/internal/python/pep440"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/internal/testutil/vectors"
)

// vector is a case that Poetry answered (testdata/generate.py). Which fields are
// there says what it is about.
type vector struct {
	Headers []string // first lines of a lock, for Fresh

	TOML          *string
	Hash, Without string
	Fresh         map[string]string // content hash → fresh or not, by header

	Lock     *string
	Error    string
	Warned   bool
	Groups   bool
	Packages []wantPackage
}

type wantPackage struct {
	Name, Pretty, Version, Python string
	Optional, Develop             bool
	Files                         []string
	Source                        [4]string
	Extras                        map[string][]string
	Markers                       map[string]string
}

func TestVectors(t *testing.T) {
	var headers []string
	vectors.Each(t, func(v vector) {
		switch {
		case v.Headers != nil:
			headers = v.Headers
		case v.TOML != nil:
			checkHash(t, v, headers)
		default:
			checkLock(t, v)
		}
	})
}

func checkHash(t *testing.T, want vector, headers []string) {
	root := toml(t, *want.TOML)
	if got, err := ContentHash(root); err != nil || got != want.Hash {
		t.Errorf("%s\nhash %s, %v", *want.TOML, got, err)
	}
	if got, err := contentHash(root, false); err != nil || got != want.Without {
		t.Errorf("%s\nhash without groups %s, %v", *want.TOML, got, err)
	}
	for hash, digits := range want.Fresh {
		for i, header := range headers {
			l := &Lock{ContentHash: source.Text{Value: hash}, Generator: generator([]byte(header))}
			if got := l.Fresh(root); got != (digits[i] == '1') {
				t.Errorf("%s\nwith %q, %s: fresh %v", *want.TOML, header, hash, got)
			}
		}
	}
}

func checkLock(t *testing.T, want vector) {
	lock, warnings, err := parse(*want.Lock)
	if (err != nil) != (want.Error != "") || (len(warnings) > 0) != want.Warned {
		t.Errorf("%s\n%v, warnings %v; want error %q, warned %v", *want.Lock, err, warnings, want.Error, want.Warned)
	}
	if err != nil || want.Error != "" {
		return
	}
	if lock.HasGroups() != want.Groups {
		t.Errorf("%s\ngroups %v", *want.Lock, lock.HasGroups())
	}
	for _, p := range want.Packages {
		for g, marker := range p.Markers {
			p.Markers[g] = meaning(marker)
		}
	}
	var got []wantPackage
	for _, p := range lock.Packages {
		got = append(got, describe(t, p, lock.HasGroups()))
	}
	if diff := cmp.Diff(want.Packages, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s\n%s", *want.Lock, diff)
	}
}

func describe(t *testing.T, p *Package, hasGroups bool) wantPackage {
	d := wantPackage{
		Name: p.Name, Pretty: p.PrettyName, Version: p.Version.Value, Python: p.PythonVersions,
		Optional: p.Optional, Develop: p.Develop, Extras: map[string][]string{}, Markers: map[string]string{},
	}
	if v, err := pep440.ParseVersion(p.Version.Value); err == nil {
		d.Version = v.String()
	}
	for _, f := range p.Files {
		d.Files = append(d.Files, f.Name)
	}
	if s := p.Source; s != nil {
		d.Source = [4]string{s.Type, s.Reference, s.ResolvedReference, s.Subdirectory}
	}
	for x, requirements := range p.Extras {
		d.Extras[x] = nil
		for _, text := range requirements {
			r, err := pep508.ParseLegacyRequirement(text)
			if err != nil {
				t.Errorf("%s: %v", text, err)
			}
			d.Extras[x] = append(d.Extras[x], pep508.CanonicalName(r.Name))
		}
	}
	for _, g := range p.Groups {
		if hasGroups {
			d.Markers[pep508.CanonicalName(g)] = meaning(p.Markers.Of(g))
		}
	}
	return d
}

// meaning is where a marker holds: Poetry writes them anew.
func meaning(marker string) string {
	m, err := pep508.ParseMarker(marker)
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for _, platform := range []string{"linux", "win32"} {
		for _, python := range []string{"3.8.1", "3.12.0"} {
			for _, extras := range [][]string{{}, {"x"}} {
				if m.Evaluate(pep508.NewEnvironment(python, platform, "x86_64").WithExtras(extras)) {
					b.WriteString(path.Join(platform, python, strings.Join(extras, ",")) + " ")
				}
			}
		}
	}
	return b.String()
}

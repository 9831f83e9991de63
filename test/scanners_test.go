package test

import (
	"encoding/json"
	"io"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/buildkit/client"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/source"
)

// Scanners find in an image what the lock has for it and what its SBOM lists: every
// package with its version, and no other. One build for all of them.
func TestScanners(t *testing.T) {
	small := shop(t).dir
	for name, dir := range map[string]string{"small": small, "orders": "../examples/orders"} {
		t.Run(name, func(t *testing.T) {
			ref := registry(t) + "/" + unique(t)
			o := build(t, inProcess, request{dir: dir, secrets: machineCA(t), push: ref, opts: map[string]string{"attest:sbom": ""}})
			if o.err != nil {
				t.Fatalf("%s\n%s", printed(o.err), o.log)
			}
			document := readArchive(t, o.archive).statement(t, "https://spdx.dev/Document")
			validate(t, document)
			own, want := packagesOf(t, document)
			ofLock(t, dir, want)
			withOwn := sorted(append(want, own))

			site := o.image.extract(t)
			for scanner, found := range map[string][]string{
				"osv-scalibr":        scalibr(t, site),
				"pip list --path":    pipList(t, filepath.Join(site, plainSite(t, site))),
				"importlib.metadata": metadata(t, ref),
			} {
				if diff := cmp.Diff(withOwn, found); diff != "" {
					t.Errorf("%s (-want +got):\n%s", scanner, diff)
				}
			}
		})
	}
}

// statement is what an attestation says, of the only one of its kind.
func (a archive) statement(t *testing.T, predicateType string) json.RawMessage {
	t.Helper()
	for name, data := range a {
		var s struct {
			PredicateType string
			Predicate     json.RawMessage
		}
		if strings.HasPrefix(name, "blobs/") && json.Unmarshal(data, &s) == nil && s.PredicateType == predicateType {
			return s.Predicate
		}
	}
	t.Fatalf("the image has no attestation of %s", predicateType)
	return nil
}

// inVenv runs a command of the venv that the lab has for scanners.
func inVenv(t *testing.T, command string, args ...string) string {
	t.Helper()
	return scanner(t, filepath.Join(variable(t, "QUATRAIN_SCANNERS"), command), args...)
}

func scanner(t *testing.T, argv0 string, args ...string) string {
	t.Helper()
	var stderr strings.Builder
	cmd := exec.CommandContext(t.Context(), argv0, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s%s", argv0, args, err, stderr.String(), out)
	}
	return string(out)
}

// validate asks SPDX's own tools whether a document is one.
func validate(t *testing.T, document []byte) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "sbom.spdx.json")
	must(t, os.WriteFile(name, document, 0o644))
	inVenv(t, "pyspdxtools", "--version", "SPDX-2.3", "--infile", name)
}

// packagesOf are the project and the Python packages of an SBOM, as NAME==VERSION.
func packagesOf(t *testing.T, document []byte) (own string, all []string) {
	t.Helper()
	var d struct {
		Packages []struct {
			Name, VersionInfo, SPDXID string
			Checksums                 []struct{ Algorithm, ChecksumValue string }
			ExternalRefs              []struct{ ReferenceType, ReferenceLocator string }
		}
	}
	decode(t, document, &d)
	for _, p := range d.Packages {
		if strings.HasPrefix(p.SPDXID, "SPDXRef-Root-") {
			own = p.Name + "==" + p.VersionInfo
		}
		for _, r := range p.ExternalRefs {
			purl, pypi := strings.CutPrefix(r.ReferenceLocator, "pkg:pypi/")
			if r.ReferenceType != "purl" || !pypi {
				continue
			}
			purl, _, _ = strings.Cut(purl, "?")
			if version := url.QueryEscape(p.VersionInfo); purl != p.Name+"@"+version {
				t.Errorf("%s %s has the purl %s", p.Name, p.VersionInfo, r.ReferenceLocator)
			}
			if len(p.Checksums) != 1 || p.Checksums[0].Algorithm != "SHA256" || len(p.Checksums[0].ChecksumValue) != 64 {
				t.Errorf("%s has the checksums %v", p.Name, p.Checksums)
			}
			all = append(all, p.Name+"=="+p.VersionInfo)
		}
	}
	return own, all
}

// ofLock holds the packages of an image against the lock: all of the main group without
// a marker are there, and no others but those with one.
func ofLock(t *testing.T, dir string, packages []string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "poetry.lock"))
	must(t, err)
	lock, _, err := lockfile.Parse(&source.File{Name: "poetry.lock", Data: data})
	must(t, err)
	var always, may []string
	for _, p := range lock.Packages {
		id := p.Name + "==" + p.Version.Value
		switch {
		case !slices.Contains(p.Groups, "main"):
		case p.Markers.Of("main") == "" && !p.Optional:
			always = append(always, id)
		default:
			may = append(may, id)
		}
	}
	if len(always) == 0 {
		t.Error("the lock has nothing for production: this test looks at nothing")
	}
	for _, id := range always {
		if !slices.Contains(packages, id) {
			t.Errorf("the SBOM lacks %s", id)
		}
	}
	for _, id := range packages {
		if !slices.Contains(always, id) && !slices.Contains(may, id) {
			t.Errorf("the SBOM has %s, which the lock has not for production", id)
		}
	}
}

// extract writes what the image has of its own below /opt and /app.
func (im *image) extract(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, f := range im.files {
		if !f.header.FileInfo().Mode().IsRegular() || !strings.HasPrefix(name, "/opt/") && !strings.HasPrefix(name, "/app/") {
			continue
		}
		must(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755))
		must(t, os.WriteFile(filepath.Join(dir, name), f.data, 0o644))
	}
	return dir
}

// plainSite is the folder of the packages.
func plainSite(t *testing.T, dir string) string {
	t.Helper()
	found, err := fs.Glob(os.DirFS(dir), "opt/venv/lib/python3.*/site-packages")
	if err != nil || len(found) != 1 {
		t.Fatalf("folders of packages: %q, %v", found, err)
	}
	return found[0]
}

// scalibr is what osv-scalibr finds, all of its plugins asked that need no network. A
// pyproject.toml without a version (of a package's own tests) is not an installed package.
func scalibr(t *testing.T, root string) []string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "found.cdx.json")
	scanner(t, "scalibr", "scan", "--offline", "--root", root, "-o", "cdx-json="+out)
	data, err := os.ReadFile(out)
	must(t, err)
	var found struct {
		Components []struct{ Name, Version, Purl string }
	}
	decode(t, data, &found)
	var all []string
	for _, c := range found.Components {
		if strings.HasPrefix(c.Purl, "pkg:pypi/") && c.Version != "" {
			all = append(all, c.Name+"=="+c.Version)
		}
	}
	return sorted(all)
}

func pipList(t *testing.T, site string) []string {
	t.Helper()
	return sorted(strings.Fields(inVenv(t, "pip", "list", "--disable-pip-version-check", "--format", "freeze", "--path", site)))
}

// metadata is what the image's own interpreter finds.
func metadata(t *testing.T, ref string) []string {
	t.Helper()
	archive := filepath.Join(t.TempDir(), "found.tar")
	log, err := dockerfile(t, "testdata/scanners/Dockerfile", map[string]string{"context": "testdata/scanners"}, map[string]string{"IMAGE": ref},
		client.ExportEntry{Type: client.ExporterTar, Output: func(map[string]string) (io.WriteCloser, error) { return os.Create(archive) }})
	if err != nil {
		t.Fatalf("%v\n%s", err, log)
	}
	return sorted(strings.Fields(string(readTree(t, archive, "/")["/found"].data)))
}

// sorted is in normal form: names as PEP 503 spells them, each once.
func sorted(packages []string) []string {
	var all []string
	for _, p := range packages {
		name, version, _ := strings.Cut(p, "==")
		all = append(all, strings.ToLower(notInName.ReplaceAllString(name, "-"))+"=="+version)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

var notInName = regexp.MustCompile(`[-_.]+`)

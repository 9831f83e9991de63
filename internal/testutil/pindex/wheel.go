package pindex

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Dist is a distribution file that tests make: a [Wheel], a [Sdist] or a [Raw].
type Dist interface {
	Project() string  // canonical name
	Filename() string // as on an index
	Bytes() []byte    // the same at every call
}

// Wheel is a wheel (PEP 427). The zero values of the optional fields give a pure
// Python wheel without dependencies.
type Wheel struct {
	Name, Version  string
	Files          map[string]string // path in the archive → contents; also "name-1.0.data/scripts/…"
	Requires       []string          // Requires-Dist
	RequiresPython string            // ">=3.9"
	Extras         []string          // Provides-Extra
	EntryPoints    string            // entry_points.txt
	Tag            string            // "py3-none-any" by default
	Modes          map[string]uint32 // permissions of a path where not 0644
}

// Project returns the canonical name (PEP 503).
func (w Wheel) Project() string { return canonical(w.Name) }

// Filename returns the name of the wheel's file.
func (w Wheel) Filename() string {
	return fmt.Sprintf("%s-%s-%s.whl", escaped(w.Name), w.Version, w.tag())
}

func (w Wheel) tag() string {
	if w.Tag == "" {
		return "py3-none-any"
	}
	return w.Tag
}

// DistInfo returns the name of the wheel's .dist-info folder.
func (w Wheel) DistInfo() string { return escaped(w.Name) + "-" + w.Version + ".dist-info" }

// Bytes returns the archive: sorted, without times, with RECORD last and true hashes.
func (w Wheel) Bytes() []byte {
	info := w.DistInfo() + "/"
	files := maps.Clone(w.Files)
	if files == nil {
		files = map[string]string{}
	}
	defaults := map[string]string{
		info + "METADATA": metadata(w.Name, w.Version, w.RequiresPython, w.Requires, w.Extras),
		info + "WHEEL":    w.wheelFile(),
	}
	if w.EntryPoints != "" {
		defaults[info+"entry_points.txt"] = w.EntryPoints
	}
	for name, text := range defaults {
		if _, own := files[name]; !own {
			files[name] = text
		}
	}
	names := slices.SortedFunc(maps.Keys(files), func(a, b string) int {
		return compareMembers(a, b, info)
	})
	if _, own := files[info+"RECORD"]; !own {
		files[info+"RECORD"] = record(names, files, info+"RECORD")
		names = append(names, info+"RECORD")
	}
	return zipped(names, files, w.Modes)
}

func (w Wheel) wheelFile() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Wheel-Version: 1.0\nGenerator: pindex\nRoot-Is-Purelib: %t\n", strings.HasSuffix(w.tag(), "-none-any"))
	parts := strings.SplitN(w.tag(), "-", 3)
	if len(parts) != 3 {
		return b.String() + "Tag: " + w.tag() + "\n"
	}
	for _, python := range strings.Split(parts[0], ".") {
		for _, abi := range strings.Split(parts[1], ".") {
			for _, platform := range strings.Split(parts[2], ".") {
				fmt.Fprintf(&b, "Tag: %s-%s-%s\n", python, abi, platform)
			}
		}
	}
	return b.String()
}

// compareMembers puts .dist-info at the end, as PEP 427 recommends.
func compareMembers(a, b, info string) int {
	if inA, inB := strings.HasPrefix(a, info), strings.HasPrefix(b, info); inA != inB {
		if inA {
			return 1
		}
		return -1
	}
	return strings.Compare(a, b)
}

func record(names []string, files map[string]string, self string) string {
	var b strings.Builder
	for _, name := range names {
		sum := sha256.Sum256([]byte(files[name]))
		field := name
		if strings.ContainsAny(name, ",\"\n") {
			field = `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
		}
		fmt.Fprintf(&b, "%s,sha256=%s,%d\n", field, base64.RawURLEncoding.EncodeToString(sum[:]), len(files[name]))
	}
	return b.String() + self + ",,\n"
}

// Sdist is a source distribution: a .tar.gz with one folder.
type Sdist struct {
	Name, Version  string
	Files          map[string]string // path below the folder → contents, such as pyproject.toml
	Requires       []string
	RequiresPython string
}

// Project returns the canonical name (PEP 503).
func (s Sdist) Project() string { return canonical(s.Name) }

// Filename returns the name of the archive (PEP 625).
func (s Sdist) Filename() string { return escaped(s.Name) + "-" + s.Version + ".tar.gz" }

// Bytes returns the archive: sorted, without times.
func (s Sdist) Bytes() []byte {
	files := maps.Clone(s.Files)
	if files == nil {
		files = map[string]string{}
	}
	if _, own := files["PKG-INFO"]; !own {
		files["PKG-INFO"] = metadata(s.Name, s.Version, s.RequiresPython, s.Requires, nil)
	}
	var b bytes.Buffer
	g := gzip.NewWriter(&b)
	t := tar.NewWriter(g)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		must(t.WriteHeader(&tar.Header{
			Name: escaped(s.Name) + "-" + s.Version + "/" + name,
			Mode: 0o644, Size: int64(len(files[name])), ModTime: time.Unix(0, 0), Format: tar.FormatPAX,
		}))
		_, err := t.Write([]byte(files[name]))
		must(err)
	}
	must(t.Close())
	must(g.Close())
	return b.Bytes()
}

// Raw is any file under any name.
type Raw struct {
	Package, Name string
	Data          []byte
}

// Project returns the canonical name of the package.
func (r Raw) Project() string { return canonical(r.Package) }

// Filename returns the given name.
func (r Raw) Filename() string { return r.Name }

// Bytes returns the given bytes.
func (r Raw) Bytes() []byte { return r.Data }

// SHA256 returns the hash of a distribution's bytes, in hex.
func SHA256(d Dist) string {
	sum := sha256.Sum256(d.Bytes())
	return hex.EncodeToString(sum[:])
}

func metadata(name, version, python string, requires, extras []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Metadata-Version: 2.1\nName: %s\nVersion: %s\n", name, version)
	if python != "" {
		fmt.Fprintf(&b, "Requires-Python: %s\n", python)
	}
	for _, e := range extras {
		fmt.Fprintf(&b, "Provides-Extra: %s\n", e)
	}
	for _, r := range requires {
		fmt.Fprintf(&b, "Requires-Dist: %s\n", r)
	}
	return b.String()
}

func zipped(names []string, files map[string]string, modes map[string]uint32) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		mode := modes[name]
		if mode == 0 {
			mode = 0o644
		}
		const regular = 0o100000 // the type bits that Unix zips carry
		h := &zip.FileHeader{Name: name, Method: zip.Deflate, CreatorVersion: 3 << 8, ExternalAttrs: (regular | mode) << 16}
		w, err := z.CreateHeader(h)
		must(err)
		_, err = w.Write([]byte(files[name]))
		must(err)
	}
	must(z.Close())
	return b.Bytes()
}

// must: writing to memory fails only where the test itself is wrong.
func must(err error) {
	if err != nil {
		panic("pindex: " + err.Error())
	}
}

var separators = regexp.MustCompile(`[-_.]+`)

func canonical(name string) string { return separators.ReplaceAllString(strings.ToLower(name), "-") }
func escaped(name string) string   { return strings.ReplaceAll(canonical(name), "-", "_") }

package base

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Installed is what a distribution's package database lists.
type Installed struct {
	Type      string // of package URLs: "deb", "apk"; "" where no database is known
	OS        string // ID of os-release
	OSVersion string // VERSION_ID
	Database  string // the file it is from
	Packages  []Package
}

// Package is one installed system package.
type Package struct{ Name, Version, Architecture string }

// ReadInstalled reads dpkg's database, that of distroless images too, or apk's.
// Without one, or with one of another kind, the list is empty.
// Errors: a database that cannot be read, or that is too large.
func ReadInstalled(root FS) (Installed, error) {
	for _, name := range osReleases {
		if _, err := readFile(root, name, maxText); err != nil {
			return Installed{}, err
		}
	}
	in := Installed{OS: osRelease(root, "ID"), OSVersion: osRelease(root, "VERSION_ID")}
	for _, db := range []struct {
		kind, file string
		parse      func([]byte) []Package
	}{
		{"deb", "var/lib/dpkg/status", dpkg},
		{"apk", "lib/apk/db/installed", apk},
		{"apk", "usr/lib/apk/db/installed", apk},
	} {
		data, err := readFile(root, db.file, maxDatabase)
		if err != nil {
			return in, err
		}
		if data != nil {
			in.Type, in.Database, in.Packages = db.kind, "/"+db.file, db.parse(data)
		}
	}
	if err := distroless(root, &in); err != nil {
		return in, err
	}
	if len(in.Packages) > maxPackages {
		return in, fmt.Errorf("%s lists more than %d packages", in.Database, maxPackages)
	}
	return in, nil
}

// maxPackages bounds what the SBOM lists of the base image. Large desktops have 5000.
const maxPackages = 100_000

// distroless adds what Google's images have instead of one file: one for each package.
func distroless(root FS, in *Installed) error {
	const dir = "var/lib/dpkg/status.d"
	names, err := readNames(root, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // most images have none
	}
	total := 0
	for _, name := range names {
		if strings.HasSuffix(name, ".md5sums") {
			continue
		}
		data, err := readFile(root, path.Join(dir, name), maxText)
		if err != nil {
			return err
		}
		if total += len(data); total > maxDatabase {
			return fmt.Errorf("/%s is larger than %d MiB", dir, maxDatabase>>20)
		}
		in.Type, in.Database = "deb", "/"+dir
		in.Packages = append(in.Packages, dpkg(append([]byte("Status: installed\n"), data...))...)
	}
	return err
}

// dpkg reads paragraphs of "Key: value" (deb-control(5)); those that are not
// installed, or only half, are left out.
func dpkg(data []byte) []Package {
	return paragraphs(data, ": ", func(f map[string]string) (Package, bool) {
		p := Package{f["Package"], f["Version"], f["Architecture"]}
		status := strings.Fields(f["Status"]) // what is wanted, whether it failed, what it is
		return p, p.Name != "" && len(status) > 0 && status[len(status)-1] == "installed"
	})
}

// apk reads paragraphs of "P:name".
func apk(data []byte) []Package {
	return paragraphs(data, ":", func(f map[string]string) (Package, bool) {
		return Package{f["P"], f["V"], f["A"]}, f["P"] != ""
	})
}

func paragraphs(data []byte, separator string, read func(map[string]string) (Package, bool)) []Package {
	var all []Package
	fields := map[string]string{}
	end := func() {
		if p, ok := read(fields); ok {
			all = append(all, p)
		}
		clear(fields)
	}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			end()
			continue
		}
		if key, value, ok := strings.Cut(line, separator); ok && line[0] != ' ' && line[0] != '\t' {
			fields[key] = value
		}
	}
	end()
	slices.SortFunc(all, func(a, b Package) int {
		return strings.Compare(a.Name+"\x00"+a.Architecture, b.Name+"\x00"+b.Architecture)
	})
	return all
}

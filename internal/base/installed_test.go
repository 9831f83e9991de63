package base

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadInstalled(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  Installed
	}{
		"dpkg": {
			files: map[string]string{
				"etc/os-release": "ID=debian\nVERSION_ID=\"12\"\n",
				"var/lib/dpkg/status": "Package: zlib1g\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:1.2.13\nDescription: x\n Version: not this\n\n" +
					"Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n\n" +
					"Package: never\nStatus: unknown ok not-installed\nVersion: 1\n\n" +
					"Package: half\nStatus: install reinstreq half-installed\nVersion: 1\n\n" +
					"Package: adduser\nStatus: install ok installed\nArchitecture: all\nVersion: 3.1\n",
			},
			want: Installed{Type: "deb", OS: "debian", OSVersion: "12", Database: "/var/lib/dpkg/status",
				Packages: []Package{{"adduser", "3.1", "all"}, {"zlib1g", "1:1.2.13", "amd64"}}},
		},
		"apk": {
			files: map[string]string{"etc/os-release": "ID=alpine\n", "lib/apk/db/installed": "C:Q1\nP:musl\nV:1.2.5-r0\nA:x86_64\n\nP:busybox\nV:1.36\nA:x86_64\n\n"},
			want: Installed{Type: "apk", OS: "alpine", Database: "/lib/apk/db/installed",
				Packages: []Package{{"busybox", "1.36", "x86_64"}, {"musl", "1.2.5-r0", "x86_64"}}},
		},
		"distroless": {
			files: map[string]string{"var/lib/dpkg/status.d/libc6": "Package: libc6\nVersion: 2.36\nArchitecture: amd64\n", "var/lib/dpkg/status.d/libc6.md5sums": "x"},
			want:  Installed{Type: "deb", Database: "/var/lib/dpkg/status.d", Packages: []Package{{"libc6", "2.36", "amd64"}}},
		},
		"none":                 {files: map[string]string{"bin/sh": ""}},
		"line ends of Windows": {files: map[string]string{"lib/apk/db/installed": "P:musl\r\nV:1\r\n\r\nP:busybox\r\n"}, want: Installed{Type: "apk", Database: "/lib/apk/db/installed", Packages: []Package{{Name: "busybox"}, {Name: "musl", Version: "1"}}}},
		"a line of 2 MiB": {
			files: map[string]string{"var/lib/dpkg/status": "Package: first\nStatus: installed\n\nPackage: long\nStatus: installed\nDescription: " + strings.Repeat("x", 2<<20) + "\n\nPackage: last\nStatus: installed\n"},
			want:  Installed{Type: "deb", Database: "/var/lib/dpkg/status", Packages: []Package{{Name: "first"}, {Name: "last"}, {Name: "long"}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ReadInstalled(image(t, c.files, nil))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// unreadable is a root in which one file cannot be read.
type unreadable struct {
	dirFS
	file string
}

func (u unreadable) Open(name string) (fs.File, error) {
	if name == u.file {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("input/output error")}
	}
	return u.dirFS.Open(name)
}

// A database that cannot be read, or is too large, is an error: packages are not left out.
func TestReadInstalledFails(t *testing.T) {
	many := map[string]string{}
	for i := range maxDatabase/maxText + 1 {
		many[fmt.Sprintf("var/lib/dpkg/status.d/%d", i)] = ""
	}
	for name, c := range map[string]struct {
		files, links map[string]string
		broken       string
		size         int64 // of all files
		want         string
	}{
		"unreadable":            {files: map[string]string{"lib/apk/db/installed": "P:a\n"}, broken: "lib/apk/db/installed", want: "open lib/apk/db/installed: input/output error"},
		"unreadable os-release": {files: map[string]string{"etc/os-release": "ID=x\n"}, broken: "etc/os-release", want: "open etc/os-release: input/output error"},
		"a folder":              {files: map[string]string{"var/lib/dpkg/status/x": ""}, want: "/var/lib/dpkg/status is not a regular file"},
		"links in a circle":     {files: map[string]string{"bin/sh": ""}, links: map[string]string{"var": "var"}, want: "symbolic links"},
		"large":                 {files: map[string]string{"var/lib/dpkg/status": ""}, size: maxDatabase + 1, want: "/var/lib/dpkg/status is larger than 64 MiB"},
		"large together":        {files: many, size: maxText, want: "/var/lib/dpkg/status.d is larger than 64 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			root := image(t, c.files, c.links)
			for file := range c.files {
				if c.size > 0 {
					if err := os.Truncate(root.at(file), c.size); err != nil {
						t.Fatal(err)
					}
				}
			}
			if in, err := ReadInstalled(unreadable{root, c.broken}); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, %d packages", err, len(in.Packages))
			}
		})
	}
}

// A package database is read as far as an SBOM can list it.
func TestTooManyPackages(t *testing.T) {
	for name, one := range map[string]string{
		"var/lib/dpkg/status":  "Package: a\nStatus: install ok installed\n\n",
		"lib/apk/db/installed": "P:a\n\n",
	} {
		for n, want := range map[int]string{maxPackages: "", maxPackages + 1: "/" + name + " lists more than 100000 packages"} {
			in, err := ReadInstalled(image(t, map[string]string{name: strings.Repeat(one, n)}, nil))
			if want == "" && (err != nil || len(in.Packages) != n) || want != "" && (err == nil || err.Error() != want) {
				t.Errorf("%s: %d packages, %v, want %q", name, len(in.Packages), err, want)
			}
		}
	}
}

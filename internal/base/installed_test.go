package base

import (
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
		"none": {files: map[string]string{"bin/sh": ""}},
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

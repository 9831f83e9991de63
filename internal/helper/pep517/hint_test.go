package pep517

import (
	"strings"
	"testing"
)

// The logs are of real builds.
func TestHint(t *testing.T) {
	for log, want := range map[string]string{
		// Compilers and tools: all that such a build needs, in one go.
		"error: [Errno 2] No such file or directory: 'x86_64-linux-gnu-gcc'":               `apt = ["gcc", "libc6-dev"]`,
		"error: command 'gcc' failed: No such file or directory":                           `apt = ["gcc", "libc6-dev"]`,
		"unable to execute 'aarch64-linux-gnu-gcc': No such file or directory":             `apt = ["gcc", "libc6-dev"]`,
		"error: [Errno 2] No such file or directory: 'gcc-12'":                             `apt = ["gcc", "libc6-dev"]`,
		"../meson.build:1:0: ERROR: Unknown compiler(s): [['cc'], ['gcc']]":                `apt = ["gcc", "libc6-dev"]`,
		"configure: error: no acceptable C compiler found in $PATH":                        `apt = ["gcc", "libc6-dev"]`,
		"error: linker `cc` not found":                                                     `apt = ["gcc", "libc6-dev"]`,
		"/bin/sh: 1: cc: not found":                                                        `apt = ["gcc", "libc6-dev"]`,
		"x.c:1:10: fatal error: assert.h: No such file or directory":                       `apt = ["gcc", "libc6-dev"]`,
		"x.c:1:10: fatal error: sys/types.h: No such file or directory":                    `apt = ["gcc", "libc6-dev"]`,
		"/usr/bin/ld: cannot find Scrt1.o: No such file or directory":                      `apt = ["gcc", "libc6-dev"]`,
		"/usr/bin/ld: cannot find -lm: No such file or directory":                          `apt = ["gcc", "libc6-dev"]`,
		"error: [Errno 2] No such file or directory: 'g++'":                                `apt = ["g++"]`,
		"gcc: fatal error: cannot execute 'cc1plus': execvp: No such file or directory":    `apt = ["g++"]`,
		"/bin/sh: 1: make: not found":                                                      `"make"`,
		"FileNotFoundError: [Errno 2] No such file or directory: 'make'":                   `"make"`,
		"CMake Error: CMAKE_MAKE_PROGRAM is not set":                                       `"make"`,
		"FileNotFoundError: [Errno 2] No such file or directory: 'cmake'":                  `apt = ["cmake", "make", "g++"]`,
		"RuntimeError: CMake must be installed to build the following extensions: _dlib":   `apt = ["cmake", "make", "g++"]`,
		"/bin/sh: 1: pkg-config: not found":                                                `"pkg-config"`,
		"Did not find pkg-config by name 'pkg-config'":                                     `"pkg-config"`,
		"error: can't find Rust compiler":                                                  `"cargo", "rustc"`,
		"error: [Errno 2] No such file or directory: 'cargo'":                              `"cargo", "rustc"`,
		"Cargo, the Rust package manager, is not installed or is not on PATH.":             `"cargo", "rustc"`,
		"error: package `x v1` cannot be built because it requires rustc 1.85 or newer":    "Debian's Rust is too old",
		"../meson.build:80:0: ERROR: Unknown compiler(s): [['gfortran'], ['flang']]":       `"gfortran"`,
		"ERROR: Cannot find command 'git' - do you have 'git' installed and in your PATH?": `apt = ["git"]`,
		"FileNotFoundError: [Errno 2] No such file or directory: 'git'":                    `apt = ["git"]`,
		"error: command 'swig' failed: No such file or directory":                          `"swig"`,
		"sh: 1: autoreconf: not found":                                                     `"autoconf", "automake", "libtool"`,
		"fatal error: Python.h: No such file or directory":                                 `"gcc", "libc6-dev", "python3-dev"`,

		// Programs that libraries have.
		"Error: pg_config executable not found.":                                              `apt = ["gcc", "libc6-dev", "libpq-dev"]`,
		"error: [Errno 2] No such file or directory: 'pg_config'":                             `"libpq5"`,
		"OSError: mariadb_config not found.":                                                  `apt = ["gcc", "libc6-dev", "libmariadb-dev"]`,
		"OSError: mysql_config not found":                                                     `"default-libmysqlclient-dev", "pkg-config"`,
		"Exception: Can not find valid pkg-config name.":                                      `"default-libmysqlclient-dev", "pkg-config"`,
		"Error: Please make sure the libxml2 and libxslt development packages are installed.": `"libxml2-dev", "libxslt1-dev"`,
		"Could not run curl-config: [Errno 2] No such file or directory: 'curl-config'":       `"libcurl4-openssl-dev", "libssl-dev"`,
		"A GDAL API version must be specified. No such file or directory: 'gdal-config'":      `"libgdal-dev"`,
		"FileNotFoundError: [Errno 2] No such file or directory: 'llvm-config'":               `"llvm-dev"`,
		"/bin/sh: 1: krb5-config: not found":                                                  `"libkrb5-dev"`,
		"The headers or library files could not be found for jpeg,":                           `"libjpeg-dev", "zlib1g-dev"`,
		"The headers or library files could not be found for zlib,":                           `"zlib1g-dev"`,
		"error: Unable to load dependency HDF5, make sure HDF5 is installed properly":         `"libhdf5-dev"`,
		"Cannot find libsystemd or libsystemd-journal":                                        `"libsystemd-dev", "pkg-config"`,
		"pkgconfig.pkgconfig.PackageNotFoundError: Package xmlsec1 was not found":             `"libxmlsec1-dev", "pkg-config"`,
		"OSError: sndfile library not found":                                                  `"libsndfile1-dev"`,
		"No package 'libffi' found":                                                           `"libffi-dev"`,
		"../meson.build:31:12: ERROR: Dependency \"cairo\" not found, tried pkgconfig":        `"libcairo2-dev"`,
		"No package 'very-odd' found":                                                         "very-odd.pc",

		// Headers and libraries.
		"x.c:1:10: fatal error: libpq-fe.h: No such file or directory":           `apt = ["gcc", "libc6-dev", "libpq-dev"]`,
		"x.c:1:10: fatal error: openssl/evp.h: No such file or directory":        `"libssl-dev"`,
		"x.c:1:10: fatal error: 'ffi.h' file not found":                          `"libffi-dev"`,
		"x.c:1:10: fatal error: zlib.h: No such file or directory":               `"zlib1g-dev"`,
		"x.c:1:10: fatal error: libxml/xmlversion.h: No such file or directory":  `"libxml2-dev"`,
		"x.c:1:10: fatal error: sqlite3.h: No such file or directory":            `"libsqlite3-dev"`,
		"x.c:1:10: fatal error: ft2build.h: No such file or directory":           `"libfreetype-dev"`,
		"x.c:1:10: fatal error: hdf5.h: No such file or directory":               `"libhdf5-dev"`,
		"x.c:1:10: fatal error: snappy-c.h: No such file or directory":           `"libsnappy-dev"`,
		"x.c:1:10: fatal error: leveldb/db.h: No such file or directory":         `"libleveldb-dev"`,
		"x.c:1:10: fatal error: librdkafka/rdkafka.h: No such file or directory": `"librdkafka-dev"`,
		"x.c:1:10: fatal error: lber.h: No such file or directory":               `"libldap2-dev"`,
		"x.c:1:10: fatal error: sasl.h: No such file or directory":               `"libsasl2-dev"`,
		"x.c:1:10: fatal error: sasl/sasl.h: No such file or directory":          `"libsasl2-dev"`,
		"x.c:1:10: fatal error: sql.h: No such file or directory":                `"unixodbc-dev"`,
		"x.c:1:10: fatal error: portaudio.h: No such file or directory":          `"portaudio19-dev"`,
		"x.c:1:10: fatal error: alsa/asoundlib.h: No such file or directory":     `"libasound2-dev"`,
		"x.c:1:10: fatal error: cups/http.h: No such file or directory":          `"libcups2-dev"`,
		"x.c:1:10: fatal error: systemd/sd-daemon.h: No such file or directory":  `"libsystemd-dev"`,
		"x.c:1:10: fatal error: gssapi/gssapi.h: No such file or directory":      `"libkrb5-dev"`,
		"x.c:1:10: fatal error: gdal.h: No such file or directory":               `"libgdal-dev"`,
		"x.c:1:10: fatal error: very/odd.h: No such file or directory":           "The header very/odd.h is missing",
		"/usr/bin/ld: cannot find -lxml2: No such file or directory":             `"libxml2-dev"`,
		"/usr/bin/ld: cannot find -lodd: No such file or directory":              "often libodd-dev",

		// Python and build requirements.
		"ModuleNotFoundError: No module named 'pkg_resources'":                                   "[tool.poetry.build-constraints.thing].",
		"ImportError: cannot import name 'convert_path' from 'setuptools'":                       ` needs an older setuptools: set setuptools = "<58" in [tool.poetry.build-constraints.thing], or lock a newer version of it.`,
		"error in x setup command: use_2to3 is invalid.":                                         `setuptools = "<58"`,
		"x.c:9: error: implicit declaration of function '_PyErr_WriteUnraisableMsg'":             "does not fit this Python",
		"ModuleNotFoundError: No module named 'distutils'":                                       "does not build on this Python",
		"ModuleNotFoundError: No module named 'numpy'":                                           "Use a release that lists numpy",
		"ERROR: No matching distribution found for no-such-thing":                                "Check [tool.poetry.build-constraints], and that the project's primary or supplemental sources have the build requirement.",
		"OSError: [Errno 8] Exec format error: '/opt/python'":                                    "binfmt_misc",
		"[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local (_ssl)": "--secret id=ca",
		"NewConnectionError: Temporary failure in name resolution":                               "HTTPS_PROXY",

		"FileNotFoundError: [Errno 2] No such file or directory: 'README.md'":     "",
		"FileNotFoundError: [Errno 2] No such file or directory: 'docs/make.txt'": "",
		"nothing that is known": "",
	} {
		got := hint(log, "thing", debian)
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", log, got, want)
		}
	}
}

// Debian's names are of no use on Alpine.
func TestHintOnAlpine(t *testing.T) {
	for _, log := range []string{
		"error: command 'gcc' failed: No such file or directory",
		"x.c:1:10: fatal error: libpq-fe.h: No such file or directory",
		"x.c:1:10: fatal error: very/odd.h: No such file or directory",
		"No package 'very-odd' found",
	} {
		if got := hint(log, "thing", alpine); !strings.Contains(got, "python:{python}-slim") || strings.Contains(got, "apt") {
			t.Errorf("%s: %q", log, got)
		}
	}
}

func TestTail(t *testing.T) {
	var log tail
	for range 10000 {
		log.Write([]byte("a line of a long log\n"))
	}
	log.Write([]byte("the end\n"))
	if s := string(log.kept); len(s) > tailSize || !strings.HasSuffix(s, "the end\n") {
		t.Errorf("%d bytes are kept", len(s))
	}
	shown := lastLines(string(log.kept), shownLines)
	if n := strings.Count(shown, "\n") + 1; n != shownLines || !strings.HasSuffix(shown, "  | the end") {
		t.Errorf("%d lines: %s", n, shown)
	}
}

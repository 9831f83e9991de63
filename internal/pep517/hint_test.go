package pep517

import (
	"strings"
	"testing"
)

// The logs are of real builds.
func TestHint(t *testing.T) {
	for log, want := range map[string]string{
		"error: [Errno 2] No such file or directory: 'x86_64-linux-gnu-gcc'":                                        `"gcc" and "libc6-dev"`,
		"error: command 'gcc' failed: No such file or directory":                                                    `"gcc" and "libc6-dev"`,
		"error: [Errno 2] No such file or directory: 'g++'":                                                         `"g++"`,
		"fatal error: Python.h: No such file or directory":                                                          `"python3-dev"`,
		"x.c:1:10: fatal error: libpq-fe.h: No such file or directory":                                              `"libpq-dev"`,
		"x.c:1:10: fatal error: openssl/evp.h: No such file or directory":                                           `"libssl-dev"`,
		"x.c:1:10: fatal error: very/odd.h: No such file or directory":                                              "The header very/odd.h is missing",
		"Error: pg_config executable not found.":                                                                    `"libpq-dev"`,
		"/usr/bin/ld: cannot find -lxml2: No such file or directory":                                                "libxml2-dev",
		"ModuleNotFoundError: No module named 'pkg_resources'":                                                      "[tool.poetry.build-constraints.thing]",
		"ModuleNotFoundError: No module named 'numpy'":                                                              "Its build needs numpy",
		"ERROR: No matching distribution found for no-such-thing":                                                   "on none of the project's primary and supplemental sources",
		"error: can't find Rust compiler":                                                                           `"cargo"`,
		"OSError: [Errno 8] Exec format error: '/opt/python'":                                                       "binfmt_misc",
		"[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate (_ssl)": "--secret id=ca",
		"error: [Errno 2] No such file or directory: 'gcc-12'":                                                      `"gcc" and "libc6-dev"`,
		"../meson.build:1:0: ERROR: Unknown compiler(s): [['cc'], ['gcc']]":                                         `"gcc" and "libc6-dev"`,
		"x.c:1:10: fatal error: 'ffi.h' file not found":                                                             `"libffi-dev"`,
		"FileNotFoundError: [Errno 2] No such file or directory: 'README.md'":                                       "",
		"NewConnectionError: Temporary failure in name resolution":                                                  "HTTPS_PROXY",
		"nothing that is known":                                                                                     "",
	} {
		got := hint(log, "thing")
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", log, got, want)
		}
	}
}

func TestTail(t *testing.T) {
	var log tail
	for range 10000 {
		log.Write([]byte("a line of a long log\n"))
	}
	log.Write([]byte("the end\n"))
	if s := log.String(); len(s) > tailSize || !strings.HasSuffix(s, "the end\n") {
		t.Errorf("%d bytes are kept", len(s))
	}
	shown := lastLines(log.String(), shownLines)
	if n := strings.Count(shown, "\n") + 1; n != shownLines || !strings.HasSuffix(shown, "  | the end") {
		t.Errorf("%d lines: %s", n, shown)
	}
}

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
		"nothing that is known":                                                                                     "",
	} {
		got := hint(log, "thing")
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", log, got, want)
		}
	}
}

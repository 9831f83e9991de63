package pyproject

import "testing"

// TestLicenseExpression: what packaging 26.3 makes of them, "" for what it refuses.
func TestLicenseExpression(t *testing.T) {
	for text, want := range map[string]string{
		"MIT":                                    "MIT",
		"mit":                                    "MIT",
		"Proprietary":                            "",
		"apache-2.0 or mit":                      "Apache-2.0 OR MIT",
		"(mit":                                   "",
		"MIT AND (Apache-2.0 or (bsd-2-clause))": "MIT AND (Apache-2.0 OR (BSD-2-Clause))",
		"GPL-2.0-only with classpath-exception-2.0": "GPL-2.0-only WITH Classpath-exception-2.0",
		"gpl-2.0-only WITH mit":                     "",
		"licenseref-My.Own-1":                       "LicenseRef-My.Own-1",
		"LicenseRef-a_b":                            "",
		"GPL-2.0+":                                  "GPL-2.0+",
		"LicenseRef-x+":                             "",
		"MIT OR":                                    "",
		"()":                                        "",
		"MIT MIT":                                   "",
		"with":                                      "",
		"MIT WITH":                                  "",
		"Classpath-exception-2.0":                   "",
		"(MIT)WITH x":                               "",
		"mit and(isc)":                              "MIT AND (ISC)",
		"MIT+ or isc":                               "MIT+ OR ISC",
		"(MIT) with classpath-exception-2.0":        "",
		"GPL-2.0-only with classpath-exception-2.0 with classpath-exception-2.0": "",
		"":  "",
		" ": "",
	} {
		got, err := licenseExpression(text)
		if err != nil && want != "" || err == nil && got != want {
			t.Errorf("%q: %q, %v, want %q", text, got, err, want)
		}
	}
}

package pep508

import "testing"

// Poetry's answers: poetry-core 2, parse_marker(m).validate(environment).
func TestEvaluate(t *testing.T) {
	env := LinuxEnvironment("3.11.9", "x86_64").WithExtras([]string{"Cpu_Fast"})
	for m, want := range map[string]bool{
		"": true, "*": true, "<empty>": false,
		`python_version >= "3.9"`:                             true,
		`python_version >= "3.9" and python_version < "3.11"`: false,
		`python_full_version > "3.11"`:                        true,
		`python_version in "3.10 3.11"`:                       true,
		`python_version not in "3.10, 3.11"`:                  false,
		`sys_platform == 'win32' or os_name == "posix"`:       true,
		`sys_platform in "linux2"`:                            false,
		`"lin" in sys_platform`:                               true,
		`"x" not in sys_platform`:                             false,
		`extra == "cpu-fast"`:                                 true,
		`extra == "gpu"`:                                      false,
		// Text has no order: the operator is a part of what is compared.
		`sys_platform >= "linux"`:                                                             false,
		`implementation_version >= "3.8"`:                                                     false,
		`sys_platform >= "linux" or os_name == "posix"`:                                       true,
		`"linux || win32" in sys_platform or os_name == "nt"`:                                 false,
		`"linux, win32" not in sys_platform`:                                                  false,
		`"darwin || linux || win32" in sys_platform`:                                          true,
		`extra == "cpu.fast" and extra != "gpu"`:                                              true,
		`platform_release >= "9.0" and platform_system == "darwin"`:                           false,
		`(python_version < "3" or python_version > "3.10") and platform_machine != "aarch64"`: true,
		`os.name == "posix" and python_implementation == "CPython"`:                           true,
	} {
		marker, err := ParseMarker(m)
		if err != nil {
			t.Errorf("%s: %v", m, err)
		} else if got := marker.Evaluate(env); got != want {
			t.Errorf("%s = %v, want %v", m, got, want)
		}
	}
	for _, bad := range []string{`extra >= "cpu"`, `extra in "cpu gpu"`, `"cpu" in extra`, `python_version in "3.8, "`, `"" in os_name`, `os_name not  in "x"`, "os_name ==\n\"x\"", `os_name == "x\"`, `"3.8" < python_version`, `python_version === "3.11"`, `spam == "x"`, `os_name ==`, `(os_name == "x"`, `os_name == "x`} {
		if _, err := ParseMarker(bad); err == nil {
			t.Errorf("%s must be an error", bad)
		}
	}
}

func TestExtraUnknown(t *testing.T) {
	m, err := ParseMarker(`extra == "x"`)
	if err != nil || !m.Evaluate(LinuxEnvironment("3.11.9", "x86_64")) {
		t.Errorf("an unknown extra must hold: %v", err)
	}
}

func TestParseRequirement(t *testing.T) {
	r, err := ParseRequirement(`Celery[redis, sqs] (>=5.4,<6) ; python_version < "3.14"`)
	if err != nil || r.Name != "Celery" || len(r.Extras) != 2 || r.Constraint != ">=5.4,<6" || r.Marker != `python_version < "3.14"` {
		t.Errorf("%+v, %v", r, err)
	}
	r, err = ParseRequirement(`x @ https://example.org/x;1.whl ; os_name == "posix"`)
	if err != nil || r.URL != "https://example.org/x;1.whl" || r.Marker != `os_name == "posix"` {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestCanonicalName(t *testing.T) {
	for s, want := range map[string]string{"Jaraco.Text": "jaraco-text", "a__b-.c": "a-b-c", "x": "x"} {
		if got := CanonicalName(s); got != want {
			t.Errorf("%s = %s, want %s", s, got, want)
		}
	}
}

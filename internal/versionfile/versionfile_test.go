package versionfile

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/quatrain-build/quatrain/internal/source"
)

// The forms that tools write, and what people make of them. What begins with "!" is part
// of the error; what begins with "?" is part of the warning, and comes after the version.
func TestRead(t *testing.T) {
	for text, want := range map[string]string{
		// pyenv
		"3.12":                          "3.12",
		"3.12.4":                        "3.12.4",
		"3.12.4\n":                      "3.12.4",
		"python-3.12.1":                 "3.12.1",
		"3.13t":                         "3.13t",
		"3.13.0t\n":                     "3.13.0t",
		"3.12-dev":                      "3.12",
		"3.14t-dev":                     "3.14t",
		"3.13.0rc1":                     "3.13.0rc1",
		"3.14rc1":                       "3.14.0rc1",
		"3.14.0a2t":                     "3.14.0a2t",
		"3.12.4/envs/shop":              "3.12.4",
		"3.12 3.11 3.10":                "3.12",
		"3.12:3.11":                     "3.12",
		"3.12.4\n3.11.9\n":              "3.12.4",
		"3.12\npypy3.10-7.3.17\n":       "3.12",
		"3.12.4-win32":                  "3.12.4",
		"3.12.4-arm":                    "3.12.4",
		"2.7.18":                        "2.7.18",
		"system":                        `?1: "system" means a Python of your machine, and is passed over`,
		"system\n3.12":                  `3.12?1: "system" means`,
		"shop-env":                      `?1: "shop-env" names no version of Python, and is passed over`,
		"shop-3.12":                     `?1: "shop-3.12" names no version`,
		"# one\n\nshop-env\n3.12":       `3.12?3: "shop-env" names no version`,
		"pypy3.10-7.3.17":               `!1: "pypy3.10-7.3.17" asks for PyPy, and an image has CPython`,
		"# fast\npypy3.10-7.3.17\n3.12": `!2: "pypy3.10-7.3.17" asks for PyPy`,
		"pypy2.7-v7.3.6-src":            "!asks for PyPy",
		"pypy-c-jit-latest":             "!asks for PyPy",
		"graalpy-24.1.1":                "!asks for GraalPy",
		"graalpy-community-24.1.1":      "!asks for GraalPy",
		"jython-2.7.3":                  "!asks for Jython",
		"ironpython-2.7.7":              "!asks for IronPython",
		"micropython-1.24.1":            "!asks for MicroPython",
		"stackless-3.7.5":               "!asks for Stackless Python",
		"pypy-tools":                    `?"pypy-tools" names no version of Python`,
		"miniconda3-3.12-24.9.2-0":      "?is a Python of conda, which an image does not have",
		"miniforge3-latest":             "?is a Python of conda",
		"anaconda3-2024.10-1":           "?is a Python of conda",

		// uv
		"cpython-3.12.3-linux-x86_64-gnu":              "3.12.3",
		"cpython-3.12.3-macos-aarch64-none":            "3.12.3",
		"cpython-3.12-windows-x86_64-none":             "3.12",
		"cpython-3.13.1+freethreaded-linux-x86_64-gnu": "3.13.1t",
		"cpython-linux-x86_64-gnu":                     "?names no version of Python",
		"3.13+freethreaded":                            "3.13t",
		"3.14+gil":                                     "3.14",
		"3.12+debug":                                   `3.12?1: "3.12+debug" asks for a debug build of Python`,
		"3.13td":                                       "3.13t?asks for a debug build",
		"3.13+freethreaded+debug":                      "3.13t?asks for a debug build",
		"3.12+corp":                                    `?"3.12+corp" names no version`,
		"cpython@3.12":                                 "3.12",
		"cpython3.12":                                  "3.12",
		"cp312":                                        "3.12",
		"cp313t":                                       "3.13t",
		"312":                                          "3.12",
		"39":                                           "3.9",
		"pypy@3.10":                                    "!asks for PyPy",
		"PyPy>=3.10":                                   "!asks for PyPy",
		"pypy":                                         "!asks for PyPy",
		">=3.12":                                       `?1: ">=3.12" allows several versions of Python, and is passed over`,
		">=3.12, <3.14":                                `?">=3.12, <3.14" allows several versions`,
		"~=3.12.0":                                     "?allows several versions",
		"^3.12":                                        "?allows several versions",
		"cpython>=3.12,<3.13":                          "?allows several versions",
		"==3.12.4":                                     "3.12.4",
		"== 3.12.*":                                    "3.12",
		"any":                                          "?names no version of Python",
		"/usr/bin/python3.12":                          "?names no version of Python",
		`C:\Python312\python.exe`:                      "?names no version of Python",

		// Rye, asdf, mise, setup-python, Homebrew
		"cpython@3.12.3":              "3.12.3",
		"cpython-x86_64-linux@3.12.3": "3.12.3",
		"latest:3.12":                 "3.12?names no version",
		"python 3.12.4":               "3.12.4",
		"Python 3.12.4":               "3.12.4",
		"python@3.12":                 "3.12",
		"python3.12":                  "3.12",
		"v3.12.1":                     "3.12.1",
		"3.12.x":                      "3.12",
		"3.13.0-rc.1":                 "3.13.0rc1",
		"latest":                      "?names no version of Python",
		"3":                           `?"3" names no minor version of Python`,
		"3.x":                         "?names no minor version",

		// Written by hand, or by an editor
		"  3.12  \n":            "3.12",
		"3.12 # as in CI":       "3.12",
		"# as in CI\n3.12":      "3.12",
		"\n\n3.12\n":            "3.12",
		"3.12\r\n":              "3.12",
		"# a\r\n\r\n3.12.4\r\n": "3.12.4",
		"\ufeff3.12\r\n":        "3.12",
		"\"3.12\"\n":            "3.12",
		"\xff\xfe3\x00.\x001\x002\x00\r\x00\n\x00": "3.12",
		"\xfe\xff\x003\x00.\x001\x002":             "3.12",
		"":                                         "?.python-version names no version of Python, and is passed over",
		" \n\t\r\n":                                "?.python-version names no version of Python",
		"# nothing yet\n":                          "?.python-version names no version of Python",
		"\x7fELF\x02\x00\x00":                      "?.python-version is not a text file",
		"3.12\xff":                                 "?.python-version is not a text file",
		"1.2":                                      "?names no version of Python",
		"24.04":                                    "?names no version of Python",
		"3.12.4.5":                                 "?names no version of Python",
		"3.1234":                                   "?names no version of Python",
		"３.12":                                     "?names no version of Python",
		"3.12.4-shop":                              "?names no version of Python",
		":":                                        "?names no version of Python",
		`""`:                                       "?names no version of Python",
	} {
		f := &source.File{Name: ".python-version", Data: []byte(text)}
		got, warnings, err := Read(f)
		version, warning, _ := strings.Cut(want, "?")
		if message, refused := strings.CutPrefix(want, "!"); refused {
			if err == nil || !strings.Contains(err.Error(), message) || !strings.Contains(err.Error(), "Name a version of CPython") {
				t.Errorf("%q: %q, %v, want the error %s", text, got.Value, err, message)
			}
			continue
		}
		if err != nil || got.Value != version || len(warnings) > 1 {
			t.Errorf("%q: %q, %v, %v, want %q", text, got.Value, warnings, err, version)
		}
		said := ""
		for _, w := range warnings {
			said += w.Error()
		}
		if warning == "" && said != "" || !strings.Contains(said, warning) {
			t.Errorf("%q warns %q, want %q", text, said, warning)
		}
	}
}

// A file that is no version file at all costs little, and its messages are short.
func TestHugeFile(t *testing.T) {
	for name, text := range map[string]string{
		"one line":            strings.Repeat("x", 8<<20),
		"many lines":          strings.Repeat("env\n", 2<<20),
		"many runes":          strings.Repeat("é", 4<<20),
		"a rune across a cut": "x" + strings.Repeat("é", 4<<20),
		"blank":               strings.Repeat("\n", 8<<20),
		"colons":              strings.Repeat("a:", 4<<20),
		"UTF-16":              "\xff\xfe" + strings.Repeat("x\x00", 4<<20),
	} {
		got, warnings, err := Read(&source.File{Name: ".python-version", Data: []byte(text)})
		if err != nil || got.Value != "" || len(warnings) != 1 || len(warnings[0].Message) > 300 || strings.Contains(warnings[0].Message, "text file") {
			t.Errorf("%s: %v, %.400q, %v", name, got, warnings, err)
		}
	}
	if got, _, _ := Read(&source.File{Data: []byte("3.12\n" + strings.Repeat("x", 8<<20))}); got.Value != "3.12" {
		t.Errorf("%q", got.Value)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{"3.12", "cpython-3.13.1+freethreaded-linux-x86_64-gnu", "pypy3.10-7.3.17", "\xff\xfe3\x00", "python \n", ">=3", "3.12/envs/x"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, warnings, err := Read(&source.File{Name: ".python-version", Data: data})
		if got.Value == "" && len(warnings) == 0 && err == nil {
			t.Error("nothing is read, and nothing said")
		}
		for _, w := range warnings {
			if !utf8.ValidString(w.Message) {
				t.Errorf("%q", w.Message)
			}
		}
		if again, _, _ := Read(&source.File{Data: []byte(got.Value)}); again.Value != got.Value {
			t.Errorf("%q is read as %q", got.Value, again.Value)
		}
	})
}

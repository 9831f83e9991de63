package names

import (
	"strings"
	"testing"
	"unicode"
)

func TestCheckScript(t *testing.T) {
	for _, ok := range []string{
		"shop", "pip", "pip3.12", "my-tool", "my tool", "a.b", "..x", "...", ".hidden", "2to3", "ü", "日本", "pythonic", "python-config",
		"python3-config", "pythonz", "ipython3", "activate-global-python-argcomplete", "deactivate", "_", "a+b", strings.Repeat("n", 255),
	} {
		if err := CheckScript(ok); err != nil {
			t.Errorf("%q: %v", ok, err)
		}
	}
	for _, wrong := range []string{
		"", ".", "..", "a/b", "../x", "/x", "x/", `a\b`, "a\nb", "a\x00", "a\tb", "\x1b[1m", "a\u2028b", "a\u2029", "a\u0085b", "a\u202eb", "a\u200bb",
		"\ufeffa", "a\u00a0b", "-x", "--help", " x", "x ", "a=b", "a\xffb", strings.Repeat("n", 256), strings.Repeat("ü", 128),
		"python", "Python", "python3", "python3.12", "python3.13t", "pythonw", "pypy3", "PYTHON3", "activate", "activate.fish", "Activate.ps1", "activate_this.py",
	} {
		if CheckScript(wrong) == nil {
			t.Errorf("%q: accepted", wrong)
		}
	}
}

func TestCheckEntryPoint(t *testing.T) {
	for group, names := range map[string][]string{
		"pytest11": {"demo", "application/json", "a b", "-x", "python", "ü"}, "a.b-c": {"x"}, "a:b": {"x"},
	} {
		for _, name := range names {
			if err := CheckEntryPoint(group, name); err != nil {
				t.Errorf("%q %q: %v", group, name, err)
			}
		}
	}
	for _, wrong := range [][2]string{
		{"", "a"}, {"a]\nb", "a"}, {"a]", "a"}, {"[a", "a"}, {" a", "a"}, {"a\u2028", "a"}, {"a\x1d", "a"},
		{"g", ""}, {"g", "a=b"}, {"g", "[x"}, {"g", "#x"}, {"g", ";x"}, {"g", "a\rb"}, {"g", "a\u2029b"}, {"g", " a"}, {"g", "a\xff"},
	} {
		if CheckEntryPoint(wrong[0], wrong[1]) == nil {
			t.Errorf("%q: accepted", wrong)
		}
	}
}

func TestParseReference(t *testing.T) {
	for text, want := range map[string]Reference{
		"a:b": {"a", "b"}, "a.b : c.d [e,f]": {"a.b", "c.d"}, " a:b": {}, "müdül:fünc": {"müdül", "fünc"},
		"a": {}, "a:": {}, ":b": {}, "a:b:c": {}, "a-b:c": {}, "a:b;import os": {}, "a:b\n": {"a", "b"}, "a:b\nimport os": {}, "a:b()": {},
		"os import system;system('id')#:x": {}, "a:b #": {}, "a:b\u2028c": {}, "a b:c": {},
	} {
		got, ok := ParseReference(text)
		if got != want || ok != (want != Reference{}) {
			t.Errorf("%q: %+v, %t", text, got, ok)
		}
	}
}

func TestLine(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "a b": "a b", "a\tb": "a\tb", " a\u00a0b ": " a\u00a0b ", "a\nb": "a b", "a\r\n  b\n": "a b",
		"a\u2028b": "a b", "a\u0085b": "a b", "a\x1db": "a b", "a\vb\x00": "a b", "a\xffb": "a\ufffdb",
	} {
		if got := Line(text); got != want || !IsLine(got) || IsLine(text) != (got == text) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestDebianPackage(t *testing.T) {
	for text, want := range map[string]string{
		"libpq5": "libpq5", "g++": "g++", "libstdc++6:arm64": "libstdc++6", "python3.11=3.11.2-6+deb12u1": "python3.11",
		"gcc:any=4:12.2.0-3": "gcc", "x=1~": "", "xx=1~": "xx", "bash.": "bash.", "lib-x+": "lib-x+",
		"": "", "a": "", "-y": "", "libpq5-": "", "libpq5:arm64-": "", "xx=1-": "", "xx=1+": "", "./x.deb": "", "/x.deb": "", "xx/stable": "", "xx*": "",
		"xx=1*": "", "xx=": "", "xx:": "", "x y": "", "xx;rm": "", "Xx": "", "xx^": "", "~nxx": "", "?exact-name(xx)": "", "lib\n": "", "xx,yy": "", "xx[0-9]": "",
	} {
		if got, ok := DebianPackage(text); got != want || ok != (want != "") {
			t.Errorf("%q: %q, %t", text, got, ok)
		}
	}
}

// What passes is one file of bin, whatever it is joined to or printed in.
func FuzzCheckScript(f *testing.F) {
	for _, s := range []string{"x", "../x", "python3", "a\u2028b", "-x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if CheckScript(name) == nil && (!IsLine(name) || len(name) > maxFileName || strings.ContainsAny(name, "/\\=") || strings.ContainsFunc(name, unicode.IsControl)) {
			t.Errorf("%q", name)
		}
		if got := Line(name); !IsLine(got) {
			t.Errorf("%q: %q", name, got)
		}
	})
}

package step

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// examples returns steps of every type.
func examples() []Step {
	index := Index{Name: "pypi", URL: "https://pypi.org/simple/"}
	files := []File{{"demo", "demo-1.0-py3-none-any.whl", "aa", "", nil}, {"x", "odd name/with slash.whl", "bb", "https://x/y?z=1", nil}}
	best := []File{files[1], {"demo", "demo-1.0-cp311-cp311-any.whl", "cc", "", []File{{Name: "demo-1.0-py3-none-any.whl", SHA256: "aa"}, {Name: "demo-1.0.tar.gz", SHA256: "dd"}}}, files[0]}
	return []Step{
		Facts{"/base", "/usr/local/bin:/bin", "3.12.4", "/out"},
		Facts{Root: "/base", Out: "/out"},
		Locate{index, nil, files, "/out"},
		Locate{index, nil, nil, "/out"},
		Locate{index, []Index{{Name: "pypi", URL: "https://pypi.org/simple/"}, {Name: "b", URL: "c", Login: "d", Others: "e f"}}, files, "/out"},
		Locate{index, nil, best, "/out"},
		Forget{index, []Index{{Name: "b", URL: "c"}}, best, "/out"},
		Fetch{index, files, "/out"},
		Fetch{Index{"demo", "https://x/demo.whl", "corp", "https://y/simple/ https://z/"}, files, "/out"},
		Install{"3.12", "/opt/venv", []Wheel{{"/w/a.whl", "", "cc"}, {"-b.whl", `{"url": "https://x/?a=b"}`, ""}, {"--", "{}", "dd"}}, "/out"},
		Install{"3.13t", "/opt/venv", nil, "/out"},
		Overlaps{"3.12", "/opt/venv", []string{"/r/1", "/r/2"}, "/out"},
		Settle{"3.12", "/opt/venv", []string{"/t/1", "/t/2"}, "/out"},
		Venv{"3.12", "3.12.4", "/usr/local/bin/python3.12", "/opt/venv", "/out"},
		Compile{"/usr/bin/python3", CheckedHash, "/in", "/out"},
		Apt{[]string{"libpq5", "g++"}},
		Test{"10001:10001", "/app", []string{"pytest", "-q", "--", "a b"}, "/reports"},
		Prepare{"10001:10001", "/app", []string{"python", "manage.py", "--out", "a b"}, "/out"},
		Requirements{"demo", "1.0", "/s/demo", "", "sub", "/tried", "/usr/bin/python3.11", "/w/pip.whl", RequirementOptions{}, "/out"},
		Requirements{"demo", "1.0", "/s/demo", "aa", "", "", "/usr/bin/python3.11", "/w/pip.whl",
			RequirementOptions{[]Index{index}, []Index{{"b", "https://b/", "", ""}}, []string{"setuptools<70"}}, "/out"},
		Build{"demo", "1.0", "/s/demo", "", "sub", "/needed", "", "/usr/bin/python3.11", "3.11.2", "/w/pip.whl", BuildOptions{}, "/out"},
		Build{"demo", "1.0", "/s/demo", "aa", "", "/needed", "/tried", "/usr/bin/python3.11", "3.11.2", "/w/pip.whl", BuildOptions{[]string{"a=b"}, true}, "/out"},
		Apt{nil},
		Modes{"/out"},
		Sequence{
			Fetch{index, files, "/fetched"},
			Test{"1:1", "/app", []string{"sequence", "2", "--"}, "/reports"},
			Install{"3.12", "/opt/venv", []Wheel{{"/w/a.whl", "", ""}}, "/out"},
		},
	}
}

func TestArgsRoundTrip(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range examples() {
		args := s.Args()
		seen[args[0]] = true
		got, err := Parse(args)
		if err != nil {
			t.Errorf("%q: %v", args, err)
			continue
		}
		if !reflect.DeepEqual(got, s) {
			t.Errorf("%q:\n got %+v\nwant %+v", args, got, s)
		}
	}
	for command := range steps {
		if !seen[command] {
			t.Errorf("no example of %s", command)
		}
	}
}

func TestArgsAreReadable(t *testing.T) {
	s := Sequence{
		Apt{[]string{"a&b<c>"}},
		Install{Python: "3.12", Venv: "/opt/venv", Out: "/out", Wheels: []Wheel{{"/w/a.whl", "", ""}, {"/w/b.whl", `{}`, ""}}},
	}
	want := `sequence [{"command":"apt","step":{"packages":["a&b<c>"]}},` +
		`{"command":"install","step":{"python":"3.12","venv":"/opt/venv","wheels":[{"path":"/w/a.whl"},{"path":"/w/b.whl","direct_url":"{}"}],"out":"/out"}}]`
	if got := strings.Join(s.Args(), " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// No argument of a long step is longer than Linux takes, and none ends within a character.
func TestLongSteps(t *testing.T) {
	for shift := range 4 {
		packages := []string{strings.Repeat("x", shift)}
		for range 3 * maxArgument / 4 / 10 {
			packages = append(packages, strings.Repeat("🐍", 10))
		}
		for _, s := range []Step{Apt{packages}, Sequence{Modes{"/out"}, Apt{packages}}} {
			args := s.Args()
			if len(args) != 5 {
				t.Errorf("%d arguments", len(args))
			}
			for _, a := range args {
				if len(a) > maxArgument || !utf8.ValidString(a) {
					t.Errorf("an argument of %d bytes, valid: %t", len(a), utf8.ValidString(a))
				}
			}
			if got, err := Parse(args); err != nil || !reflect.DeepEqual(got, s) {
				t.Errorf("another step: %v", err)
			}
		}
	}
	if _, err := Parse(Apt{[]string{strings.Repeat("x", maxDocument)}}.Args()); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Error(err)
	}
}

func TestParseRefuses(t *testing.T) {
	for want, args := range map[string][]string{
		"no command":                              nil,
		`unknown command ""`:                      {""},
		`unknown command "frobnicate"`:            {"frobnicate", "{}"},
		`modes: EOF`:                              {"modes"},
		`modes: json: unknown field "x"`:          {"modes", `{"out":"/out","x":1}`},
		`modes: json: cannot unmarshal number`:    {"modes", `{"out":1}`},
		`modes: json: cannot unmarshal array`:     {"modes", `[]`},
		`modes: unexpected EOF`:                   {"modes", `{"out":"/out"`},
		`modes: invalid character '-'`:            {"modes", `--out`, `/out`},
		`sequence: no step`:                       {"sequence", `[]`},
		`sequence: unknown command ""`:            {"sequence", `[{}]`},
		`sequence: modes: EOF`:                    {"sequence", `[{"command":"modes"}]`},
		`sequence: modes: json: unknown field`:    {"sequence", `[{"command":"modes","step":{"x":1}}]`},
		`sequence: json: unknown field "x"`:       {"sequence", `[{"command":"modes","step":{"out":"/out"},"x":1}]`},
		`sequence: a sequence in a sequence`:      {"sequence", `[{"command":"sequence","step":[{"command":"modes","step":{"out":"/out"}}]}]`},
		`fetch: json: unknown field "login_name"`: {"fetch", `{"index":{"name":"a","url":"b","login_name":"c"},"out":"/out"}`},
	} {
		if s, err := Parse(args); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v %v, want %s", args, s, err, want)
		}
	}
}

// What Args would not write is refused, even where JSON means the same.
func TestParseRefusesOtherSpellings(t *testing.T) {
	for name, args := range map[string][]string{
		"a field is missing":        {"modes", `{}`},
		"null":                      {"modes", `null`},
		"a field twice":             {"modes", `{"out":"/a","out":"/out"}`},
		"other case":                {"modes", `{"OUT":"/out"}`},
		"a space":                   {"modes", `{"out": "/out"}`},
		"another document":          {"modes", `{"out":"/out"}{}`},
		"split":                     {"modes", `{"out":`, `"/out"}`},
		"an empty argument":         {"modes", `{"out":"/out"}`, ""},
		"another order":             {"settle", `{"venv":"/v","python":"3.12","out":"/out"}`},
		"no UTF-8":                  {"modes", "{\"out\":\"/\xff\"}"},
		"no sequence":               {"sequence", `null`},
		"a step of null":            {"sequence", `[{"command":"modes","step":null}]`},
		"a field of one is missing": {"sequence", `[{"command":"modes","step":{}}]`},
	} {
		if s, err := Parse(args); err == nil || s != nil || !strings.Contains(err.Error(), "not as the frontend writes it") && name != "no sequence" {
			t.Errorf("%s: %v %v", name, s, err)
		}
	}
}

// Whatever is read is written in the same way.
func FuzzParse(f *testing.F) {
	for _, s := range examples() {
		args := s.Args()
		f.Add(args[0], args[1])
	}
	f.Fuzz(func(t *testing.T, command, document string) {
		args := []string{command, document}
		s, err := Parse(args)
		if err != nil {
			if s != nil {
				t.Errorf("%q: %v and a step", args, err)
			}
			return
		}
		if again := s.Args(); !slices.Equal(again, args) {
			t.Errorf("%q becomes %q", args, again)
		}
	})
}

// Whatever is written is read in the same way.
func FuzzArgs(f *testing.F) {
	f.Add("/w/a.whl", `{"url": "https://x/?a=b&c"}`, "aa", 1)
	f.Add("\x00\u2028\ufffd", "<🐍>", "", 12_000)
	f.Fuzz(func(t *testing.T, path, directURL, hash string, times int) {
		if !utf8.ValidString(path + "|" + directURL + "|" + hash) {
			return // no protocol buffer carries it
		}
		s := Install{Python: "3.12", Venv: "/opt/venv", Out: "/out"}
		longest := 64 + 6*len(path+directURL+hash) // of a wheel: \u0000 stands for one byte
		for range min(times, maxDocument/2/longest) {
			s.Wheels = append(s.Wheels, Wheel{path, directURL, hash})
		}
		if got, err := Parse(s.Args()); err != nil || !reflect.DeepEqual(got, s) {
			t.Errorf("%+v becomes %+v: %v", s, got, err)
		}
	})
}

func TestProblems(t *testing.T) {
	a, b := &Problem{Kind: BadWheel, Message: "a"}, errors.New("b")
	got := Problems(fmt.Errorf("in: %w", errors.Join(fmt.Errorf("in: %w", a), b)))
	want := []Problem{*a, {Kind: Failed, Message: "b"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

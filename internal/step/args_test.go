package step

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestArgsRoundTrip(t *testing.T) {
	index := Index{Name: "pypi", URL: "https://pypi.org/simple/"}
	files := []File{{"demo", "demo-1.0-py3-none-any.whl", "aa", "", nil}, {"x", "odd name/with slash.whl", "bb", "https://x/y?z=1", nil}}
	best := []File{files[1], {"demo", "demo-1.0-cp311-cp311-any.whl", "cc", "", []File{{Name: "demo-1.0-py3-none-any.whl", SHA256: "aa"}, {Name: "demo-1.0.tar.gz", SHA256: "dd"}}}, files[0]}
	steps := []Step{
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
	for _, s := range steps {
		args := s.Args()
		got, err := Parse(args)
		if err != nil {
			t.Errorf("%q: %v", args, err)
			continue
		}
		if !reflect.DeepEqual(got, s) {
			t.Errorf("%q:\n got %+v\nwant %+v", args, got, s)
		}
	}
}

func TestArgsAreReadable(t *testing.T) {
	s := Install{Python: "3.12", Venv: "/opt/venv", Out: "/out", Wheels: []Wheel{{"/w/a.whl", "", ""}, {"/w/b.whl", `{}`, ""}}}
	want := `install --python 3.12 --venv /opt/venv --out /out --direct-urls {"1":"{}"} -- /w/a.whl /w/b.whl`
	if got := strings.Join(s.Args(), " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, line := range []string{
		"", "frobnicate", "install --python", "install --nope x", "install --python 3 --python 3",
		"install --python 3.12 --venv /v", "venv --python 3.12", "apt libpq5",
		"compile --interpreter /p --in /i --out /o -- extra",
		"locate --index a --url b --out /o -- not-a-file", "locate --index a --url b --out /o -- /aa/of-nothing",
		"install --python 3 --venv /v --out /o --direct-urls {\"1\":\"\"} -- a",
		"install --python 3 --venv /v --out /o --direct-urls x -- a",
		"sequence", "sequence x modes", "sequence 3 modes --out /o 0", "sequence -1", "sequence 4 modes --out /o",
		"sequence 2 modes --out", "sequence 3 modes --out /o modes",
	} {
		if s, err := Parse(strings.Fields(line)); err == nil {
			t.Errorf("%q: accepted as %+v", line, s)
		}
	}
}

func TestProblems(t *testing.T) {
	a, b := &Problem{Kind: BadWheel, Message: "a"}, errors.New("b")
	got := Problems(fmt.Errorf("in: %w", errors.Join(fmt.Errorf("in: %w", a), b)))
	want := []Problem{*a, {Kind: Failed, Message: "b"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

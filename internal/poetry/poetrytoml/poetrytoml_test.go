package poetrytoml_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/internal/poetry/poetrytoml"
	"github.com/quatrain-build/quatrain/internal/source"
)

func parse(text string) (poetrytoml.Settings, []*source.Error, error) {
	return poetrytoml.Parse(&source.File{Name: "poetry.toml", Data: []byte(text)})
}

// Poetry's answers: PackageFilterPolicy(value).packages of Poetry 2.5.1.
func TestPolicy(t *testing.T) {
	for value, want := range map[string][]string{
		`"true"`:                   {":all:"},
		`"1"`:                      {":all:"},
		`"false"`:                  {":none:"},
		`"0"`:                      {":none:"},
		`"True"`:                   {"true"}, // a name
		`":all:"`:                  {":all:"},
		`"Zope.Interface, ,a_b"`:   {"zope-interface", "a-b"},
		`":none:,demo"`:            {":none:", "demo"},
		`[":all:"]`:                {":all:"},
		`["demo", "Zope.I"]`:       {"demo", "Zope.I"},
		`""`:                       nil,
		`false`:                    nil,
		`0`:                        nil,
		`[]`:                       nil,
		`[":none:", ":all:", "x"]`: {":none:", ":all:", "x"},
	} {
		s, _, err := parse("[installer]\nonly-binary = " + value)
		if err != nil {
			t.Errorf("%s: %v", value, err)
		}
		if diff := cmp.Diff(want, s.OnlyBinary); diff != "" || s.NoBinary != nil {
			t.Errorf("%s: %s", value, diff)
		}
	}
	for _, value := range []string{"true", "1", "{a = 1}", "1.5", "[1]"} {
		if _, _, err := parse("[installer]\nno-binary = " + value); err == nil || len(source.All(err)) != 1 || source.All(err)[0].At.Start.Line != 2 {
			t.Errorf("%s: %v", value, err)
		}
	}
	if _, warnings, _ := parse("installer.no-binary = ['Demo']"); len(warnings) != 1 || !strings.Contains(warnings[0].Error(), `poetry.toml:1: installer.no-binary: "Demo" names no package`) {
		t.Errorf("%v", warnings)
	}
}

func TestReResolve(t *testing.T) {
	for value, want := range map[string]bool{
		"true": true, "false": false, `"false"`: true, `""`: false, "0": false, "1": true, "0.0": false, "-0": false, "10": true,
	} {
		s, _, err := parse("[installer]\nre-resolve = " + value)
		if err != nil || s.ReResolve != want {
			t.Errorf("%s: %v, %v", value, s.ReResolve, err)
		}
	}
}

func TestWholeFile(t *testing.T) {
	s, warnings, err := parse("cache-dir = 'x'\n[virtualenvs]\nin-project = true\n[repositories.foo]\nurl = 'x'\n")
	if err != nil || len(warnings) > 0 || !cmp.Equal(s, poetrytoml.Settings{}) {
		t.Errorf("%+v %v %v", s, warnings, err)
	}
	for _, bad := range []string{"[installer", "installer = 1"} {
		if _, _, err := parse(bad); err == nil {
			t.Errorf("%s must be an error", bad)
		}
	}
}

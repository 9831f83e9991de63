package pep517

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/internal/step"
)

// No login reaches a process that is started.
func TestInherited(t *testing.T) {
	got := inherited([]string{
		"LANG=C.UTF-8", "CFLAGS=-O1", "PATH=/usr/bin", "PIP_INDEX_URL=https://me:hush@index.test",
		"POETRY_HTTP_BASIC_LOCAL_PASSWORD=hush", "POETRY_HTTP_BEARER_LOCAL_TOKEN=hush", "POETRY_PYPI_TOKEN_LOCAL=hush",
		step.AuthTOML.Env + "=hush", step.Netrc.Env + "=hush",
	})
	if diff := cmp.Diff([]string{"LANG=C.UTF-8", "CFLAGS=-O1"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestSettingsOf(t *testing.T) {
	got := settingsOf([]string{"level=3", "flags=a", "flags=b", "flags=c=d", "bare"})
	want := map[string]any{"level": "3", "flags": []string{"a", "b", "c=d"}, "bare": ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestMinorOf(t *testing.T) {
	for _, c := range [][3]string{
		{"3.11.2", "/usr/bin/python3", "3.11"}, {"3.13.1", "/usr/local/bin/python3.13t", "3.13t"}, {"3.14.0rc1", "/usr/bin/python3.14", "3.14"},
	} {
		if got := minorOf(step.Build{Python: c[0], Interpreter: c[1]}); got != c[2] {
			t.Errorf("%v: %s", c, got)
		}
	}
}

func TestSameVersion(t *testing.T) {
	for pair, want := range map[[2]string]bool{
		{"1.0", "1.0.0"}: true, {"1.0rc1", "1.0.rc.1"}: true, {"1.0", "1.1"}: false, {"odd", "odd"}: true, {"odd", "1.0"}: false,
	} {
		if sameVersion(pair[0], pair[1]) != want {
			t.Errorf("%v: %v", pair, !want)
		}
	}
}

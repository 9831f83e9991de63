package pyproject

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCoreMetadata compares with what poetry-core writes (testdata/generate.py).
func TestCoreMetadata(t *testing.T) {
	files, err := filepath.Glob("testdata/*.toml")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata", err)
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			want, err := os.ReadFile(strings.TrimSuffix(f, ".toml") + ".METADATA")
			if err != nil {
				t.Fatal(err)
			}
			p := mustParse(t, read(t, f))
			readme := "readme\n"
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(p.CoreMetadata(Documents{Readme: &readme}), "\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRequiresPython(t *testing.T) {
	for written, want := range map[string]string{
		"*": "", "^3.8": ">=3.8,<4.0", "~3.9": ">=3.9,<3.10", ">=3.8, <4": ">=3.8,<4", "<4,>=3.8": ">=3.8,<4",
		"3.11": ">=3.11,<3.12", "~2.7 || ^3.6": ">=2.7, !=3.0.*, !=3.1.*, !=3.2.*, !=3.3.*, !=3.4.*, !=3.5.*",
	} {
		p := mustParse(t, "[tool.poetry]\nname = \"a\"\nversion = \"1\"\n[tool.poetry.dependencies]\npython = \""+written+"\"\n")
		if got := p.requiresPython(); got != want {
			t.Errorf("%s: %s, want %s", written, got, want)
		}
	}
}

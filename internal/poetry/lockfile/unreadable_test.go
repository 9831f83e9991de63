package lockfile

import (
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/source"
)

// What is no TOML need not be Poetry's fault.
func TestUnreadable(t *testing.T) {
	for text, want := range map[string]string{
		"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n":       "run `git lfs pull`",
		"[metadata]\n<<<<<<< HEAD\na = 1\n=======\na = 2\n>>>>>>> main\n":           "take one side of the conflict",
		"[metadata]\r\n<<<<<<< HEAD\r\na = 1\r\n=======\r\n>>>>>>> main\r\na = 2\n": "take one side of the conflict",
		"[metadata\n": "Run `poetry lock` to regenerate it.",
		"[metadata]\na = \"<<<<<<< HEAD\"\nb = 1 1\n": "Run `poetry lock` to regenerate it.",
	} {
		if _, _, err := Parse(&source.File{Name: "poetry.lock", Data: []byte(text)}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

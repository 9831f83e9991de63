package process

import (
	"errors"
	"os/exec"
	"testing"
)

func TestKilledProgram(t *testing.T) {
	for _, c := range []struct {
		script string
		memory bool
	}{
		{"kill -KILL $$", true},
		{"kill -TERM $$", false},
		{"exit 1", false},
	} {
		err := Run(exec.Command("sh", "-c", c.script))
		var m *MemoryError
		if err == nil || errors.As(err, &m) != c.memory {
			t.Errorf("%s: %v", c.script, err)
		}
		if got := Hint(err, "other") == MemoryHint; got != c.memory {
			t.Errorf("%s: hint %q", c.script, Hint(err, "other"))
		}
	}
	if err := Run(exec.Command("/nonexistent")); err == nil || Hint(err, "other") != "other" {
		t.Error(err)
	}
}

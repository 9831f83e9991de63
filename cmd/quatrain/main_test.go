package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestCommandLine(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		args   string
		status int
		out    string // a part of standard output
		errOut string // a part of standard error
	}{
		{"", 0, "Available Commands:", ""},
		{"help", 0, "Available Commands:", ""},
		{"-h", 0, "Available Commands:", ""},
		{"--help", 0, "Available Commands:", ""},
		{"help plan", 0, "--build-arg", ""},
		{"plan -h", 0, "--format", ""},
		{"version", 0, "quatrain ", ""},
		{"--version", 0, "quatrain ", ""},
		{"completion bash", 0, "quatrain", ""},
		{"pla", 2, "", "unknown command \"pla\"\nhint: Did you mean plan?"},
		{"zzz", 2, "", "hint: Run `quatrain --help`"},
		{"version 1", 2, "", "quatrain version has no arguments"},
		{"plan --targt x", 2, "", "hint: Run `quatrain plan --help`"},
		{"plan --format yaml " + dir, 2, "", "it is not text or json"},
		{"plan a b", 2, "", "more than one folder"},
		{"plan " + dir + "/none", 2, "", "no such file"},
		{"check " + dir, 1, "", "pyproject.toml"},
	} {
		var out, errOut bytes.Buffer
		status := run(strings.Fields(c.args), &out, &errOut)
		if status != c.status || !strings.Contains(out.String(), c.out) || !strings.Contains(errOut.String(), c.errOut) {
			t.Errorf("quatrain %s: status %d, want %d\n%s%s", c.args, status, c.status, &out, &errOut)
		}
		if c.status == 0 && errOut.Len() > 0 {
			t.Errorf("quatrain %s: unexpected on standard error: %s", c.args, &errOut)
		}
	}
}

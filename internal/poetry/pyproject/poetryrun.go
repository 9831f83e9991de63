package pyproject

import (
	"path"
	"strings"

	"github.com/quatrain-build/quatrain/internal/source"
)

// withoutPoetryRun takes `poetry run` from a command, and the folder from a program in
// .venv/bin: an image has its environment on PATH, which is what both mean.
func withoutPoetryRun(c *Command) *Command {
	if n := lenPoetryRun(c.Args); n > 0 {
		c.Stripped, c.Args = strings.Join(c.Args[:n], " "), c.Args[n:]
	}
	if len(c.Args) > 0 && strings.HasSuffix("/"+path.Dir(c.Args[0]), "/.venv/bin") {
		c.Stripped = strings.TrimSpace(c.Stripped + " " + path.Dir(c.Args[0]) + "/")
		c.Args = append([]string{path.Base(c.Args[0])}, c.Args[1:]...)
	}
	return c
}

// lenPoetryRun returns how many words are `poetry run`, with Poetry's options, before a
// program; 0 if there is no program.
func lenPoetryRun(args []string) int {
	n := 0
	switch {
	case len(args) > 0 && path.Base(args[0]) == "poetry":
		n = 1
	case len(args) > 2 && strings.HasPrefix(path.Base(args[0]), "python") && args[1] == "-m" && args[2] == "poetry":
		n = 3
	default:
		return 0
	}
	for n < len(args) && strings.HasPrefix(args[n], "-") {
		n++
	}
	if n >= len(args) || args[n] != "run" {
		return 0
	}
	if n++; n < len(args) && args[n] == "--" {
		n++
	}
	if n >= len(args) {
		return 0
	}
	return n
}

// StrippedMessage says what was taken from a command.
func (c *Command) StrippedMessage() string {
	return "`" + c.Stripped + "` is removed from the command: the image has no Poetry, and the environment is on PATH"
}

// Warnings returns a warning for each command of an image from which something was taken.
func (im Image) Warnings() []*source.Error {
	all := []*Command{im.Command, im.Entrypoint}
	if h := im.Healthcheck; h != nil {
		all = append(all, &Command{Stripped: h.Stripped, At: h.At})
	}
	return Stripped(all...)
}

// Stripped returns a warning for each of the commands, which may be nil, from which
// something was taken.
func Stripped(commands ...*Command) []*source.Error {
	var warnings []*source.Error
	for _, c := range commands {
		if c != nil && c.Stripped != "" {
			warnings = append(warnings, source.Errorf(c.At, "%s", c.StrippedMessage()))
		}
	}
	return warnings
}

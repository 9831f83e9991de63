package pyproject

import (
	"regexp"

	"github.com/quatrain-build/quatrain/internal/source"
)

// ParseStub reads the settings below a stub's syntax line. They need no header, but
// [tool.quatrain] is accepted, as people copy it from pyproject.toml.
// Errors: a Dockerfile, text that is not TOML, settings with and without the header,
// and those of ParseConfig.
func ParseStub(f *source.File) (Config, error) {
	table, err := source.ParseTOML(f)
	if err != nil {
		if at, is := findInstruction(f); is {
			return Config{}, source.Errorf(at, "this is a Dockerfile, not a stub").
				WithHint("A stub is the line \"# syntax=quatrain/poetry:1\" and, below it, settings in TOML such as python = \"3.12\". " +
					"To keep this Dockerfile, put the settings into [tool.quatrain] of pyproject.toml and build with -f pyproject.toml.")
		}
		return Config{}, err
	}
	if table, err = withoutHeader(table); err != nil {
		return Config{}, err
	}
	return ParseConfig(table)
}

// withoutHeader returns the table that holds the settings: t itself, or its [tool.quatrain].
func withoutHeader(t *source.Table) (*source.Table, error) {
	tool, there := t.Lookup("tool")
	if !there {
		return t, nil
	}
	own := t.Sub("tool", "quatrain")
	if own == nil {
		return nil, source.Errorf(tool.KeyAt, "a stub has only the settings of [tool.quatrain]").
			WithHint("Move other tables to pyproject.toml.")
	}
	for _, e := range tool.Value.Table.Entries {
		if e.Key != "quatrain" {
			return nil, source.Errorf(e.KeyAt, "[tool.%s] does not belong in a stub", e.Key).
				WithHint("Move it to pyproject.toml: a stub has only the settings of [tool.quatrain].")
		}
	}
	for _, e := range t.Entries {
		if e.Key != "tool" {
			return nil, source.Errorf(e.KeyAt, "%q is outside [tool.quatrain], which this stub also has", e.Key).
				WithHint("Write all settings of the stub without the header (target.NAME instead of tool.quatrain.target.NAME), or all with it.")
		}
	}
	return own, nil
}

// instruction is a line that starts with a Dockerfile's instruction. A key of TOML is
// followed by "=" or ".".
var instruction = regexp.MustCompile(`(?im)^[ \t]*(?:FROM|ARG|RUN|CMD|COPY|ADD|ENTRYPOINT|ENV|EXPOSE|WORKDIR|USER|VOLUME|LABEL|HEALTHCHECK|ONBUILD|SHELL|STOPSIGNAL|MAINTAINER)[ \t]+[^=.\s][^\r\n]*`)

// findInstruction returns the line of the first Dockerfile instruction in a file.
func findInstruction(f *source.File) (source.Range, bool) {
	found := instruction.FindIndex(f.Data)
	if found == nil {
		return source.Range{}, false
	}
	line := 1
	for _, b := range f.Data[:found[0]] {
		if b == '\n' {
			line++
		}
	}
	return source.Range{File: f, Start: source.Position{Line: line, Column: 1}, End: source.Position{Line: line, Column: found[1] - found[0] + 1}}, true
}

// IsDockerfile reports whether a file is a Dockerfile rather than settings in TOML.
func IsDockerfile(f *source.File) bool {
	if _, err := source.ParseTOML(f); err == nil {
		return false
	}
	_, is := findInstruction(f)
	return is
}

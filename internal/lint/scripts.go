package lint

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

// Bounds of what is looked at.
const (
	maxScripts  = 8        // of a target
	MaxScript   = 64 << 10 // bytes of one
	maxOfScript = 3        // warnings
)

// Scripts lists the shell scripts of the project that a target's commands run, relative to
// its workdir: ./start.sh, or sh scripts/start.sh, also behind a program such as tini.
func Scripts(t plan.Target) []string {
	var all []string
	for _, c := range commandsOf(t) {
		for i, a := range c.Args {
			if !strings.HasSuffix(a, ".sh") && (i > 0 || !strings.Contains(a, "/")) {
				continue
			}
			if i == 0 && !strings.Contains(a, "/") {
				continue // on PATH, which the workdir is not
			}
			name, inside := strings.CutPrefix(path.Join(t.Workdir(), a), t.Workdir()+"/")
			if path.IsAbs(a) {
				name, inside = strings.CutPrefix(path.Clean(a), t.Workdir()+"/")
			}
			if inside && !slices.Contains(all, name) && len(all) < maxScripts {
				all = append(all, name)
			}
		}
	}
	return all
}

// CheckScript returns warnings about the calls in a shell script of tools that the image does
// not have.
func CheckScript(p *pyproject.Project, l *lockfile.Lock, f *source.File) []*source.Error {
	if !isShell(f) {
		return nil
	}
	var warnings []*source.Error
	number := 0
	for line := range strings.Lines(string(f.Data)) {
		number++
		if call := toolCall(p, l, line); call != "" && len(warnings) < maxOfScript {
			at := source.Position{Line: number, Column: 1}
			warnings = append(warnings, source.Errorf(source.Range{File: f, Start: at, End: at}, "%s calls `%s`, which the image does not have", path.Base(f.Name), call).
				WithHint("Call the program directly, or remove the line: the image already has all packages."))
		}
	}
	return warnings
}

var shebang = regexp.MustCompile(`^#!.*\b(?:ba|da|a|z|k)?sh\b`)

func isShell(f *source.File) bool {
	if bytes.ContainsRune(f.Data, 0) {
		return false
	}
	first, _, _ := bytes.Cut(f.Data, []byte("\n"))
	return shebang.Match(first) || strings.HasSuffix(f.Name, ".sh") && !bytes.HasPrefix(first, []byte("#!"))
}

var (
	// What a shell takes for the start of a command, and a tool there with its first words.
	toolCalls = regexp.MustCompile(`(?:^|[;&|({!` + "`" + `]|\b(?:exec|then|do|else|if|while|until|time|nohup|env|sudo)\s)\s*(?:[A-Za-z_]\w*=\S*\s+)*(?:python[\d.]*\s+-m\s+)?(poetry|uvx?|pipenv|pdm|hatch|rye|pipx)((?:\s+-\S+)*(?:\s+[a-z]+)?)(?:$|[\s;&|)}"'])`)

	// A virtual environment in the project's folder.
	localVenv = regexp.MustCompile(`(?:^|[\s;&|("'/=])(\.venv/bin/[\w.-]+)`)
)

// toolCall returns the first call in a line of a shell script of a tool that neither the lock
// nor the base has, or of a program in .venv; "" if there is none.
func toolCall(p *pyproject.Project, l *lockfile.Lock, line string) string {
	line = strings.TrimSpace(line)
	if strings.HasPrefix(line, "#") {
		return ""
	}
	if m := localVenv.FindStringSubmatch(line); m != nil {
		return m[1]
	}
	if !plan.IsOfficialPython(p.Quatrain.Base.Value) {
		return "" // what it has is not known
	}
	for _, m := range toolCalls.FindAllStringSubmatch(line, -1) {
		if !slices.ContainsFunc(l.Packages, func(pkg *lockfile.Package) bool { return pkg.Name == m[1] || m[1] == "uvx" && pkg.Name == "uv" }) {
			return strings.Join(strings.Fields(m[1]+m[2]), " ")
		}
	}
	return ""
}

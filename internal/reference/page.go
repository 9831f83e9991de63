package reference

import (
	"fmt"
	"strings"

	"github.com/quatrain-build/quatrain/internal/lint"
	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
)

const pageHead = `<!-- Made by "make generate" out of the doc comments in internal/poetry/pyproject/config.go. -->

# Reference

Nothing needs to be set. What can be stands in ` + "`[tool.quatrain]`" + ` of pyproject.toml, or
without that header below the syntax line of a stub, where it overrides the former for
this image: a key that is set replaces, tables are merged key by key. A key that does
not exist is an error.

[quatrain.schema.json](quatrain.schema.json) is the JSON schema of the table, for editors.
`

const pageArguments = `
## Build arguments

| argument | |
|---|---|
| ` + "`PYTHON_VERSION`" + ` | version of Python, a minor one or a release; comes before the key ` + "`python`" + ` |
| ` + "`UID`, `GID`" + ` | numbers of the image's user, so that what a container writes into a mounted folder is yours |
| ` + "`project-dir`" + ` | the project's folder in the build context, for a monorepo; comes before a stub's key |
| ` + "`SOURCE_DATE_EPOCH`" + ` | time of the image, in seconds since 1970 |
| ` + "`HTTP_PROXY`, `HTTPS_PROXY`, `FTP_PROXY`, `ALL_PROXY`, `NO_PROXY`" + ` | in upper or lower case: for the steps that use the network, and in no layer |

An argument that nobody reads is a warning. The secret ` + "`ca`" + `, or the build context ` + "`ca`" + `,
holds certificates to trust beside the usual ones.
`

const pageRules = `
## What --check looks for

` + "`--build-arg BUILDKIT_DOCKERFILE_CHECK=skip=RootUser,NoCommand`" + ` skips rules, ` + "`skip=all`" + ` all of them.

| rule | |
|---|---|
`

// Page returns docs/reference.md.
func Page(tables []Table) ([]byte, error) {
	var b strings.Builder
	b.WriteString(pageHead)
	for _, t := range tables {
		if err := writeTable(&b, t); err != nil {
			return nil, err
		}
	}
	writeTargets(&b)
	b.WriteString(pageArguments)
	b.WriteString(pageRules)
	for _, r := range lint.Rules() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", r.Name, r.Description)
	}
	return []byte(b.String()), nil
}

func writeTable(b *strings.Builder, t Table) error {
	fmt.Fprintf(b, "\n## [%s]\n", t.Name)
	prefix := strings.TrimPrefix(strings.TrimPrefix(t.Name, "tool.quatrain")+".", ".")
	var inherited []string
	for _, k := range t.Keys {
		if k.Owner.Name() == "Image" && prefix != "" {
			inherited = append(inherited, "`"+k.Name+"`")
			continue
		}
		fmt.Fprintf(b, "\n### %s%s\n\n%s\n", prefix, k.Name, k.Doc)
		if k.isTable() {
			continue
		}
		s, err := shapeOf(k)
		if err != nil {
			return err
		}
		fmt.Fprintf(b, "\n- Type: %s\n- Default: %s\n\n```toml\n%s\n```\n", s.words, k.Default, k.Example)
	}
	if inherited != nil {
		fmt.Fprintf(b, "\nAnd, as in `[tool.quatrain]`: %s. Tables are merged key by key.\n", strings.Join(inherited, ", "))
	}
	return nil
}

func writeTargets(b *strings.Builder) {
	b.WriteString("\n## Targets\n\n| `--target` | |\n|---|---|\n")
	p := &pyproject.Project{}
	for _, name := range plan.TargetNames(p.Quatrain) {
		if t, err := plan.ResolveTarget(p, name); err == nil {
			note := ""
			if name == plan.DefaultTarget {
				note = " (default)"
			}
			fmt.Fprintf(b, "| `%s`%s | %s |\n", name, note, t.Description)
		}
	}
	b.WriteString("| your own | `[tool.quatrain.target.NAME]` |\n")
}

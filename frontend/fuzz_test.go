package frontend_test

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/moby/buildkit/frontend/subrequests/lint"
	"golang.org/x/tools/txtar"

	"github.com/quatrain-build/quatrain/frontend"
	"github.com/quatrain-build/quatrain/internal/crash"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/llb"
)

// editable are the files of a project that the fuzzer makes edits in.
var editable = []string{"pyproject.toml", "poetry.lock", "Dockerfile", "poetry.toml", ".dockerignore"}

// projects are the files of the archives, without those that are commands.
func projects(f *testing.F) (all []map[string]string) {
	archives, err := filepath.Glob("../cmd/quatrain/testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range append([]string{"testdata/everything.txtar"}, archives...) {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		files := map[string]string{}
		for _, file := range archive.Files {
			if !strings.HasPrefix(file.Name, "quatrain ") {
				files[file.Name] = string(file.Data)
			}
		}
		if files["pyproject.toml"] != "" && files["poetry.lock"] != "" {
			all = append(all, files)
		}
	}
	return all
}

// pieces are what edits put into files, beside what is there.
var pieces = strings.Split(`"|'|[|]|{|}|=|,|.|*| || |#|\|"""|'''|x|é|<empty>|extra == "x"|python_version < "3.12"|>=1,<2|1e400|../|/|!|@|
|[[package]]|[tool.quatrain]|groups = ["main"]|markers = {main = "os_name == 'nt'"}|optional = true|-1|true|1979-05-27|https://u:p@h/|git+ssh://h/r.git|\u0000|`+"\x00|\xff|\r\n|\t", "|")

// edited makes edits in a project: each takes five bytes, of which file, where, how long a
// stretch, and what is done with it.
func edited(files map[string]string, edits []byte) map[string]string {
	files = maps.Clone(files)
	var names []string
	for _, name := range editable {
		if files[name] != "" {
			names = append(names, name)
		}
	}
	for e := range slices.Chunk(edits, 5) {
		if len(e) < 5 {
			break
		}
		name := names[int(e[0])%len(names)]
		text := files[name]
		if text == "" || len(text) > 1<<16 {
			continue
		}
		from := (int(e[1])<<8 | int(e[2])) % len(text)
		to := min(from+int(e[3])%40, len(text))
		line := strings.LastIndexByte(text[:from], '\n') + 1
		end := len(text)
		if n := strings.IndexByte(text[from:], '\n'); n >= 0 {
			end = from + n + 1
		}
		switch how := int(e[4]); {
		case how < 40:
			text = text[:from] + text[to:]
		case how < 60:
			text = text[:line] + text[end:] // without the line
		case how < 80:
			text = text[:end] + text[line:] // with the line twice
		case how < 90:
			text = text[:from] + strings.Repeat(text[from:to], 1+how%8) + text[to:]
		case how < 100:
			text = text[:line] + text[from:to] + text[line:from] + text[to:]
		default:
			text = text[:from] + pieces[how%len(pieces)] + text[to:]
		}
		files[name] = text
	}
	return files
}

// maxPrinted is far more than five errors, or any graph of these projects, take.
const maxPrinted = 64 << 10

// FuzzProject makes edits in all files of a project at once, and reads, checks and plans it:
// it never crashes, an error is short and points into its file, and the same project has
// the same answer twice.
func FuzzProject(f *testing.F) {
	seeds := projects(f)
	targets := []string{"", "development", "test", "builder", "worker"}
	for i := range seeds {
		f.Add(byte(i), byte(i), []byte{})
	}
	f.Add(byte(0), byte(0), []byte{0, 0, 130, 3, 20, 1, 2, 3, 4, 65, 2, 0, 20, 5, 101})
	f.Add(byte(0), byte(1), []byte{0, 1, 130, 0, 115, 4, 0, 3, 4, 200})
	f.Fuzz(func(t *testing.T, project, target byte, edits []byte) {
		if len(edits) > 100 {
			return
		}
		files := edited(seeds[int(project)%len(seeds)], edits)
		opts := map[string]string{"target": targets[int(target)%len(targets)]}
		if files["Dockerfile"] != "" && target%2 == 0 {
			opts["filename"] = "Dockerfile"
		}
		if target >= 128 {
			opts["platform"] = "linux/amd64,linux/arm64"
		}
		for _, subrequest := range []string{"", lint.SubrequestLintDefinition.Name} {
			if subrequest != "" {
				opts["requestid"] = subrequest
			}
			asked := asked{files: files, opts: opts}
			first := outcome(t, asked)
			if second := outcome(t, asked); second != first {
				t.Errorf("twice, two answers:\n%s\n\n%s", first, second)
			}
		}
	})
}

// outcome is all that a request shows: its graph and warnings, or its error.
func outcome(t *testing.T, a asked) string {
	client := request(t, a)
	result, err := frontend.Build(context.Background(), client)
	checkError(t, err)
	got := answer{result: result, err: err, warnings: client.Warnings(), client: client}
	text := strings.Join(got.warnings, "\n") + got.printed()
	if len(text) > maxPrinted {
		t.Errorf("%d bytes of errors and warnings: %.1000s", len(text), text)
	}
	if err != nil {
		return text
	}
	var b bytes.Buffer
	if err := llb.Print(&b, client.Definitions(result)...); err != nil {
		t.Error(err)
	}
	for _, key := range slices.Sorted(maps.Keys(result.Metadata)) {
		b.WriteString(key + " " + string(result.Metadata[key]) + "\n")
	}
	if b.Len() > 8*maxPrinted {
		t.Errorf("%d bytes of graphs", b.Len())
	}
	// The folder of the test is in no answer.
	return strings.ReplaceAll(text+b.String(), client.Dir, "DIR")
}

// checkError looks at what an error is made of.
func checkError(t *testing.T, err error) {
	var crashed *crash.Error
	if errors.As(err, &crashed) || err != nil && strings.Contains(err.Error(), "Quatrain crashed") {
		t.Fatal(err)
	}
	var report *source.Report
	if !errors.As(err, &report) {
		return
	}
	for _, e := range report.Errors {
		if e.Message == "" {
			t.Errorf("an error without a message: %+v", e)
		}
		if e.At.File == nil {
			continue
		}
		lines := bytes.Count(e.At.File.Data, []byte("\n")) + 1
		for _, p := range []source.Position{e.At.Start, e.At.End} {
			if p.Line < 0 || p.Line > lines || p.Column < 0 || p.Column > len(e.At.File.Data)+1 {
				t.Errorf("%s: line %d, column %d of %d lines: %s", e.At.File.Name, p.Line, p.Column, lines, e.Message)
			}
		}
	}
}

// What the fuzzer starts from builds; else its edits would only be held against one error.
func TestEverythingBuilds(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/everything.txtar")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, file := range archive.Files {
		files[file.Name] = string(file.Data)
	}
	for _, name := range []string{"Dockerfile", "pyproject.toml"} {
		if a := build(t, asked{files: files, opts: args("filename", name)}); a.err != nil {
			t.Errorf("%s: %v", name, a.err)
		}
	}
}

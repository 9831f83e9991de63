package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// BuildKit's llb is bkllb wherever it is imported; llb is ours.
func TestAliases(t *testing.T) {
	found := false
	for name, file := range sources(t, "frontend", "llb", "internal", "cmd", "test", "bench") {
		for _, spec := range file.Imports {
			if path, _ := strconv.Unquote(spec.Path.Value); path != "github.com/moby/buildkit/client/llb" {
				continue
			}
			found = true
			if spec.Name == nil || spec.Name.Name != "bkllb" {
				t.Errorf("%s imports BuildKit's llb under another name than bkllb", name)
			}
		}
	}
	if !found {
		t.Error("no file imports BuildKit's llb")
	}
}

var definition = regexp.MustCompile(`^(\w+) (is|are) `)

// A comment of a function says what the function returns or does. "X is Y" says what a thing
// is, and functions are not things.
func TestComments(t *testing.T) {
	const most = 10
	var found []string
	for name, file := range sources(t, "frontend", "llb", "internal", "cmd") {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, decl := range file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if m := definition.FindStringSubmatch(fn.Doc.Text()); m != nil && m[1] == fn.Name.Name {
				found = append(found, name+": "+strings.TrimSpace(fn.Doc.Text()))
			}
		}
	}
	if len(found) > most {
		t.Errorf("%d comments of functions say what they are, at most %d may:\n%s", len(found), most, strings.Join(found, "\n"))
	}
}

// sources parses the Go files of some folders of the repository, by name.
func sources(t *testing.T, folders ...string) map[string]*ast.File {
	t.Helper()
	files := map[string]*ast.File{}
	for _, folder := range folders {
		err := filepath.WalkDir("../"+folder, func(name string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(name) != ".go" {
				return err
			}
			files[name], err = parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

package frontend

import (
	"os"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/frontend/offline"
	"github.com/quatrain-build/quatrain/internal/source"
)

func TestRanges(t *testing.T) {
	at := func(startLine, startColumn, endLine, endColumn int) source.Range {
		return source.Range{
			Start: source.Position{Line: startLine, Column: startColumn},
			End:   source.Position{Line: endLine, Column: endColumn},
		}
	}
	for name, c := range map[string]struct {
		in          source.Range
		first, last int32
	}{
		"one line":                  {at(3, 1, 3, 9), 3, 3},
		"two lines":                 {at(3, 1, 4, 2), 3, 4},
		"up to the start of a line": {at(3, 1, 4, 1), 3, 3},
		"no end":                    {at(3, 5, 0, 0), 3, 3},
	} {
		got := ranges(c.in)
		if len(got) != 1 || got[0].Start.Line != c.first || got[0].End.Line != c.last {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// A lock of megabytes does not fit into a message: its start does.
func TestLongFilesAreCut(t *testing.T) {
	info := sourceInfo(&source.File{Name: "poetry.lock", Data: make([]byte, 3*maxExcerpt)})
	if len(info.Data) != maxExcerpt {
		t.Errorf("%d bytes", len(info.Data))
	}
}

// Of two build contexts that are one package's, the order of names chooses.
func TestContextsOfOneName(t *testing.T) {
	r := request{client: &offline.Client{Opts: map[string]string{"context:my-lib": "", "context:My_Lib": "", "context:my.lib": "", "target": "x"}}}
	for range 20 { // as often as Go would choose another
		if all := r.contexts(); len(all) != 1 || all["my-lib"] != "My_Lib" {
			t.Fatal(all)
		}
	}
}

// The reference names every build argument that the frontend reads; proxies have two
// spellings.
func TestArgumentsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/reference.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, arg := range knownArgs {
		if text := string(page); !strings.Contains(text, "`"+arg+"`") && !strings.Contains(text, "`"+strings.ToUpper(arg)+"`") {
			t.Errorf("%s is not there", arg)
		}
	}
}

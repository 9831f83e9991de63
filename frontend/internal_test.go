package frontend

import (
	"os"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/frontend/offline"
)

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

func TestKeyscan(t *testing.T) {
	for host, want := range map[string]string{"git.corp": "git.corp", "git.corp:2222": "-p 2222 git.corp", "[::1]:2222": "-p 2222 ::1"} {
		if got := keyscan(host); got != want {
			t.Errorf("%s: %q, want %q", host, got, want)
		}
	}
}

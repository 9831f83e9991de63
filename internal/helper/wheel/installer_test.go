package wheel

import (
	"encoding/json"
	"os"
	"testing"
)

// The same trees as pypa/installer, file by file: modes, launchers, RECORD. The
// vectors are made by testdata/generate.py.
func TestAgainstInstaller(t *testing.T) {
	text, err := os.ReadFile("testdata/installed.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Wheel     string
		Entries   [][3]any
		Installed map[string]string
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	for i, c := range cases {
		var entries []f
		for _, e := range c.Entries {
			entries = append(entries, f{e[0].(string), e[1].(string), uint32(e[2].(float64))})
		}
		root, _, err := installInto(t, "/opt/venv", "", makeWheel(t, c.Wheel, entries))
		if err != nil {
			t.Errorf("case %d: %v", i, err)
			continue
		}
		got := list(t, root)
		for name, want := range c.Installed {
			if got[name] != want {
				t.Errorf("case %d, %s:\n got %q\nwant %q", i, name, got[name], want)
			}
		}
		for name := range got {
			if _, found := c.Installed[name]; !found {
				t.Errorf("case %d: %s should not be there", i, name)
			}
		}
	}
}

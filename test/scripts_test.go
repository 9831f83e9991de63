package test

import (
	"strings"
	"testing"
)

// All that the project itself puts into bin: console scripts, those with a window,
// copied files. Of a file that is not there the client prints where it is asked for.
func TestScripts(t *testing.T) {
	const more = `
[project.gui-scripts]
shop-window = "shop.window:Window.open"

[tool.poetry.scripts]
backup = { reference = "tools/backup.sh", type = "file" }
gone = { reference = "tools/gone.sh", type = "file" }
`
	eachMode(t, func(t *testing.T, m mode) {
		p := (&project{toml: plainProject + more, files: map[string]string{"tools/backup.sh": "#!/bin/sh\necho saved\n"}}).write(t)
		o := build(t, m, request{dir: p.dir})
		if o.err != nil {
			t.Fatalf("%v\n%s", o.err, o.log)
		}
		for name, want := range map[string]string{
			"shop":        "from shop import main\n",
			"shop-window": "from shop.window import Window\n",
			"backup":      "#!/bin/sh\necho saved\n",
		} {
			f := o.image.files["/opt/venv/bin/"+name]
			if f == nil || f.header.Mode&0o777 != 0o755 || f.header.Uid != 0 || !strings.Contains(string(f.data), want) {
				t.Errorf("%s: %+v", name, f)
			}
		}
		if o.image.files["/opt/venv/bin/gone"] != nil {
			t.Error("a script of a file that is not there")
		}
		if !strings.Contains(o.log, `script gone is left out: file "tools/gone.sh" not found`) {
			t.Errorf("no warning in:\n%s", o.log)
		}
	})
}

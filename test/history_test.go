package test

import (
	"regexp"
	"slices"
	"testing"
)

// The history's lines say what is in the layers that they belong to.
func TestHistory(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		o := build(t, m, request{dir: shop(t).dir})
		if o.err != nil {
			t.Fatalf("%v\n%s", o.err, o.log)
		}
		var made []string
		for _, h := range o.image.config.History {
			if !h.EmptyLayer {
				made = append(made, h.CreatedBy)
			}
		}
		if len(made) != len(o.image.layers) {
			t.Fatalf("%d layers, history of %d: %q", len(o.image.layers), len(made), made)
		}
		for line, file := range map[string]string{
			`^user app \(10001:10001\)$`:                              "/etc/passwd",
			`^virtual environment /opt/venv: Python 3\.11\.\d+$`:      "/opt/venv/bin/python",
			`^install small \d: (.*, )?alpha 1\.0(, .* packages\))?$`: site + "alpha/__init__.py",
			`^byte code of small \d$`:                                 site + "alpha/__pycache__/__init__.cpython-311.pyc",
			`^install the project: shop 1\.0\.0$`:                     site + "shop.pth",
			`^copy the project to /app$`:                              "/app/shop/__init__.py",
			`^byte code of the project$`:                              "/app/shop/__pycache__/__init__.cpython-311.pyc",
		} {
			says := regexp.MustCompile(line)
			found := false
			for i, layer := range o.image.layers {
				found = found || says.MatchString(made[i]) && slices.Contains(o.image.own[layer], file)
			}
			if !found {
				t.Errorf("no layer with %s is told as %s: %q", file, line, made)
			}
		}
	})
}

package plan

import (
	"fmt"
	"testing"

	"github.com/quatrain-build/quatrain/internal/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

func project(t *testing.T, quatrain string) *pyproject.Project {
	t.Helper()
	p, _, err := pyproject.Parse(&source.File{Name: "pyproject.toml", Data: []byte("[project]\nname = \"x\"\nversion = \"1\"\n[tool.poetry.group.dev.dependencies]\n" + quatrain)})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestResolveTarget(t *testing.T) {
	p := project(t, `[tool.quatrain]
env = { A = "1", B = "1" }
[tool.quatrain.target.worker]
from = "production"
command = ["work"]
env = { B = "2" }
[tool.quatrain.target.a]
from = "b"
[tool.quatrain.target.b]
from = "a"
`)
	w, err := ResolveTarget(p, "worker")
	if err != nil {
		t.Fatal(err)
	}
	if !w.Compile || w.Image.Command.Args[0] != "work" || fmt.Sprint(w.Groups) != "[main]" {
		t.Errorf("%+v", w)
	}
	if e := w.Image.Env; len(e) != 2 || e[0].Value != "1" || e[1].Value != "2" {
		t.Errorf("environment %+v", e)
	}
	for _, bad := range []string{"a", "worke"} {
		if _, err := ResolveTarget(p, bad); err == nil {
			t.Errorf("%s must be an error", bad)
		}
	}
	if d, _ := ResolveTarget(p, "development"); d.Groups != nil || d.Compile {
		t.Errorf("development: %+v", d)
	}
}

// A package that comes, goes or grows moves no other.
func TestBucketsAreStable(t *testing.T) {
	var all []Package
	for i := range 200 {
		all = append(all, Package{Name: fmt.Sprintf("package-%d", i)})
	}
	size := func(p Package) int64 { return int64(len(p.Name)) << 18 }
	where := func(packages []Package) map[string]string {
		m := map[string]string{}
		for _, b := range Buckets(packages, size) {
			for _, p := range b.Packages {
				m[p.Name] = b.Name
			}
		}
		return m
	}
	before, after := where(all), where(all[7:])
	for name, bucket := range after {
		if before[name] != bucket {
			t.Errorf("%s moved from %s to %s", name, before[name], bucket)
		}
	}
}

func TestUser(t *testing.T) {
	for asked, want := range map[string]string{"": "10001:10001", "root": "0:0", "1000": "1000:1000", "1:2": "1:2", "web": "10001:10001"} {
		target := Target{Image: pyproject.Image{User: source.Text{Value: asked}}}
		if got, err := target.User(); err != nil || got.String() != want {
			t.Errorf("%q: %v, %v", asked, got, err)
		}
	}
	for _, bad := range []string{"a:b", "A", "-1", "x y"} {
		if _, err := (Target{Image: pyproject.Image{User: source.Text{Value: bad}}}).User(); err == nil {
			t.Errorf("%q must be an error", bad)
		}
	}
}

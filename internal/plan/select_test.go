package plan

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/source"
)

// A lock as Poetry makes it for PyTorch: one package takes CUDA's libraries of exact
// versions, another takes any, and the lock has both, with markers that overlap.
func TestTwice(t *testing.T) {
	entry := func(name, version, needs string) string {
		return fmt.Sprintf("[[package]]\nname = %[1]q\nversion = %[2]q\npython-versions = \"*\"\ngroups = [\"main\"]\n"+
			"files = [{file = \"%[1]s-%[2]s-py3-none-any.whl\", hash = \"sha256:%064[3]d\"}]\n[package.dependencies]\n%[4]s\n", name, version, 1, needs)
	}
	const metadata = "[metadata]\nlock-version = \"2.1\"\npython-versions = \">=3.9,<3.13\"\ncontent-hash = \"ab\"\n"
	agree := entry("blas", "1", "") + entry("blas", "2", "") + entry("dnn", "1", "blas = \"*\"") + entry("toolkit", "1", "blas = \"==1.*\"")
	differ := strings.Replace(agree, `blas = "*"`, `blas = "==2.*"`, 1)
	for _, c := range []struct{ name, config, lock, want, warning string }{
		{"agree", "", agree, "blas 1, dnn 1, toolkit 1", "poetry.lock:9: blas 2 and 1 (line 1) both apply: 1 satisfies all of them"},
		{"the lock alone", "[tool.quatrain]\nresolution = \"lock\"\n", agree, "", "poetry.lock:9: blas 2 and 1 (line 1) both apply"},
		{"no version for all", "", differ, "", "poetry.lock:9: blas 2 and 1 (line 1) both apply"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := parse(t, "[project]\nname = \"x\"\nversion = \"1\"\nrequires-python = \">=3.9,<3.13\"\ndependencies = [\"dnn\", \"toolkit\"]\n"+c.config)
			l, _, err := lockfile.Parse(&source.File{Name: "poetry.lock", Data: []byte(c.lock + metadata)})
			if err != nil {
				t.Fatal(err)
			}
			got, err := planOf(t, p, l, "production")
			if c.want == "" {
				if all := source.All(err); len(all) != 1 || firstLine(all[0]) != c.warning {
					t.Fatalf("%v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var packages []string
			for _, pkg := range got.Packages {
				packages = append(packages, pkg.Name+" "+pkg.Version)
			}
			if diff := cmp.Diff(c.want, strings.Join(packages, ", ")); diff != "" {
				t.Error(diff)
			}
			if len(got.Warnings) != 1 || firstLine(got.Warnings[0]) != c.warning {
				t.Errorf("%v", got.Warnings)
			}
		})
	}
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

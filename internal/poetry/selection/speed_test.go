package selection_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/poetry/selection"
	"github.com/quatrain-build/quatrain/internal/python/pep440"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
	"github.com/quatrain-build/quatrain/internal/python/tags"
	"github.com/quatrain-build/quatrain/internal/source"
)

// BenchmarkBiggestLock reads the biggest lock of the real projects and its
// pyproject.toml, selects everything and chooses a file of each package.
// docs/benchmarks.md has numbers.
func BenchmarkBiggestLock(b *testing.B) {
	dir := os.Getenv("QUATRAIN_CONFORMANCE")
	if dir == "" {
		dir = "../../../../shared/conformance"
	}
	biggest := &source.File{Name: "poetry.lock"}
	var folder string
	locks, _ := filepath.Glob(filepath.Join(dir, "corpus", "*", "poetry.lock"))
	for _, path := range locks {
		if data, err := os.ReadFile(path); err == nil && len(data) > len(biggest.Data) {
			biggest.Data, folder = data, filepath.Dir(path)
		}
	}
	if folder == "" {
		b.Skipf("nothing to measure: no locks in %s (set QUATRAIN_CONFORMANCE)", dir)
	}
	toml, err := os.ReadFile(filepath.Join(folder, "pyproject.toml"))
	if err != nil {
		b.Fatal(err)
	}
	python, _ := pep440.ParseVersion("3.12.4")
	b.ReportAllocs()
	var packages, rounds int
	before := used()
	for b.Loop() {
		rounds++
		lock, _, err := lockfile.Parse(biggest)
		if err != nil {
			b.Fatal(err)
		}
		project, _, err := pyproject.Parse(&source.File{Name: "pyproject.toml", Data: toml})
		if err != nil {
			b.Fatal(err)
		}
		lock.Fresh(project.Root)
		request := selection.Request{Python: python, Environment: pep508.LinuxEnvironment("3.12.4", "x86_64")}
		for _, g := range project.Groups {
			request.Groups = append(request.Groups, g.Name)
		}
		for _, x := range project.Extras {
			request.Extras = append(request.Extras, x.Name)
		}
		selected, err := selection.Packages(project, lock, request)
		if err != nil {
			b.Fatal(err)
		}
		list := tags.Linux(tags.Interpreter{Major: 3, Minor: 12}, "x86_64", tags.Libc{Family: "glibc", Major: 2, Minor: 36}, true)
		for _, p := range selected {
			if _, err := selection.Choose(p, list, selection.FileOptions{}); err != nil && len(p.Files) > 0 {
				b.Fatal(err)
			}
		}
		packages = len(selected)
	}
	// What other processes take counts in ns/op and not here.
	after := used()
	b.ReportMetric(float64(cpu(after)-cpu(before))/float64(rounds)/1e6, "cpu-ms/op")
	b.ReportMetric(float64(after.Maxrss)/1024, "peak-MB")
	b.Logf("%s: %d bytes, %d packages selected", filepath.Base(folder), len(biggest.Data), packages)
}

func used() (u syscall.Rusage) {
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // it cannot fail for the process itself
	return u
}

// cpu is the time of all threads in nanoseconds.
func cpu(u syscall.Rusage) int64 { return u.Utime.Nano() + u.Stime.Nano() }

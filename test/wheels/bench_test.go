package wheels

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/quatrain-build/quatrain/internal/helper/wheel"
	"github.com/quatrain-build/quatrain/internal/step"
)

// Big wheels of different kinds, and many small ones in one step: what
// docs/benchmarks.md has numbers of.
func BenchmarkInstall(b *testing.B) {
	for name, prefixes := range map[string][]string{
		"one binary (ruff)":             {"ruff-"},
		"native (pandas)":               {"pandas-"},
		"many files (botocore)":         {"botocore-"},
		"many files (llama_index_core)": {"llama_index_core-"},
		"data (babel)":                  {"babel-"},
		"40 small":                      nil,
	} {
		files, err := published(prefixes != nil)
		if err != nil {
			b.Fatal(err)
		}
		var some []step.File
		for _, f := range files {
			for _, p := range prefixes {
				if len(f.Name) > len(p) && f.Name[:len(p)] == p {
					some = append(some, f)
				}
			}
			if prefixes == nil && project(f.Name) != "ropgadget" {
				some = append(some, f)
			}
		}
		b.Run(name, func(b *testing.B) { benchmarkInstall(b, some) })
	}
}

func benchmarkInstall(b *testing.B, files []step.File) {
	paths, err := download(b.Context(), files)
	if err != nil {
		b.Fatal(err)
	}
	s := step.Install{Python: "3.12", Venv: "/opt/venv"}
	for _, p := range paths {
		s.Wheels = append(s.Wheels, step.Wheel{Path: p})
	}
	dir := b.TempDir()
	stderr := os.Stderr
	os.Stderr = nil // warnings
	defer func() { os.Stderr = stderr }()
	var size int64
	var spent time.Duration
	for b.Loop() {
		s.Out = filepath.Join(dir, "out")
		before := cpu(b)
		if err := wheel.Run(s); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		spent += cpu(b) - before
		if size == 0 {
			size = sizeOf(b, s.Out)
		}
		if err := os.RemoveAll(s.Out); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.SetBytes(size)
	b.ReportMetric(float64(spent.Milliseconds())/float64(b.N), "CPU-ms/op") // steadier on a busy machine
}

func cpu(b *testing.B) time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

func sizeOf(b *testing.B, root string) int64 {
	t, err := readTree(root)
	if err != nil {
		b.Fatal(err)
	}
	var size int64
	for path := range t {
		if info, err := os.Lstat(filepath.Join(root, path)); err == nil && info.Mode().IsRegular() {
			size += info.Size()
		}
	}
	return size
}

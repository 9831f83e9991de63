package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

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

// A lock of PyTorch with CUDA: many GB in a few wheels beside many small ones. The
// sizes are made, in the proportions of the real wheels.
func TestBucketsOfManyGigabytes(t *testing.T) {
	sizes := map[string]int64{
		"torch": 900 << 20, "triton": 155 << 20, "numpy": 16 << 20, "sympy": 6 << 20, "networkx": 2 << 20,
		"nvidia-cublas-cu12": 594 << 20, "nvidia-cudnn-cu12": 707 << 20, "nvidia-cufft-cu12": 193 << 20,
		"nvidia-cusolver-cu12": 268 << 20, "nvidia-cusparse-cu12": 288 << 20, "nvidia-cusparselt-cu12": 287 << 20,
		"nvidia-nccl-cu12": 322 << 20, "nvidia-curand-cu12": 64 << 20, "nvidia-cuda-nvrtc-cu12": 88 << 20,
		"huge": 6 << 30, // more than 32 bits hold
	}
	for i := range 120 {
		sizes[fmt.Sprintf("small-%d", i)] = int64(i+1) << 12
	}
	var all []Package
	for _, name := range slices.Sorted(maps.Keys(sizes)) {
		all = append(all, Package{Name: name})
	}
	buckets := Buckets(all, func(p Package) int64 { return sizes[p.Name] })
	if len(buckets) > 10 {
		t.Errorf("%d buckets: with their byte code more than 20 layers", len(buckets))
	}
	seen := map[string]bool{}
	for _, b := range buckets {
		for _, p := range b.Packages {
			if seen[p.Name] {
				t.Errorf("%s is in two buckets", p.Name)
			}
			seen[p.Name] = true
			if giant := strings.HasPrefix(b.Name, "giant "); giant != (sizes[p.Name] > 8<<20) {
				t.Errorf("%s of %d bytes is in %s", p.Name, sizes[p.Name], b.Name)
			}
		}
	}
	if len(seen) != len(sizes) {
		t.Errorf("%d of %d packages are in a bucket", len(seen), len(sizes))
	}
}

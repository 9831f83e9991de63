package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// where names the bucket of each package.
func where(packages []Package, sizes map[string]int64) map[string]string {
	m := map[string]string{}
	for _, b := range Buckets(sized(packages, sizes)) {
		for _, p := range b.Packages {
			m[p.Name] = b.Name
		}
	}
	return m
}

func sized(packages []Package, sizes map[string]int64) []Package {
	packages = slices.Clone(packages)
	for i, p := range packages {
		packages[i].Size = sizes[p.Name]
	}
	return packages
}

// A package that comes, goes or grows moves no other, but where it becomes one of the
// biggest three or is one no longer.
func TestBucketsAreStable(t *testing.T) {
	var all []Package
	sizes := map[string]int64{}
	for i := range 200 {
		name := fmt.Sprintf("package-%03d", i)
		all = append(all, Package{Name: name})
		sizes[name] = int64(i) * 30_000
	}
	same := func(after map[string]string, moved ...string) {
		t.Helper()
		for name, bucket := range where(all, sizes) {
			if after[name] != bucket && after[name] != "" && !slices.Contains(moved, name) {
				t.Errorf("%s moved from %s to %s", name, bucket, after[name])
			}
		}
	}
	same(where(all[7:], sizes))
	same(where(all[:199], sizes), "package-196") // the fourth becomes the third
	grown := maps.Clone(sizes)
	grown["package-003"] = 200 << 20
	same(where(all, grown), "package-003", "package-197")
}

// An unknown size counts as small; what is not large is never alone; folders of the
// context, and what production has not, are for themselves.
func TestBucketsByKind(t *testing.T) {
	sizes := map[string]int64{"a": 9 << 20, "b": 8 << 20, "c": 7 << 20, "d": 6 << 20, "ours": 50 << 20, "dev": 40 << 20, "tool": 1 << 20}
	got := where([]Package{
		{Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "d"}, {Name: "unknown"},
		{Name: "ours", Origin: Origin{Kind: FromDirectory}},
		{Name: "dev", Further: true}, {Name: "tool", Further: true}, {Name: "ours-too", Further: true, Origin: Origin{Kind: FromContext}},
	}, sizes)
	want := map[string]string{
		"a": "a", "b": "b", "c": "c", "d": "large 2", "unknown": "small 2",
		"ours": "local", "ours-too": "local", "dev": "further large", "tool": "further medium",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
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
	buckets := Buckets(sized(all, sizes))
	if len(buckets) > 9 {
		t.Errorf("%d buckets: with their byte code more than 18 layers", len(buckets))
	}
	seen := map[string]bool{}
	for _, b := range buckets {
		for _, p := range b.Packages {
			if seen[p.Name] {
				t.Errorf("%s is in two buckets", p.Name)
			}
			seen[p.Name] = true
			if small := strings.HasPrefix(b.Name, "small "); small != (sizes[p.Name] <= 256<<10) {
				t.Errorf("%s of %d bytes is in %s", p.Name, sizes[p.Name], b.Name)
			}
		}
	}
	var first []string
	for _, b := range buckets[:3] {
		first = append(first, b.Name)
	}
	if diff := cmp.Diff([]string{"huge", "nvidia-cudnn-cu12", "torch"}, first); diff != "" {
		t.Errorf("the biggest three: %s", diff)
	}
	if len(seen) != len(sizes) {
		t.Errorf("%d of %d packages are in a bucket", len(seen), len(sizes))
	}
}

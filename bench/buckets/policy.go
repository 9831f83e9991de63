package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
)

// policy names the layer of each package.
type policy struct {
	name string
	of   func(map[string]locked) map[string]string
}

// policies are what is compared, the first of them as Quatrain has it. Where names are
// hashed, it is with a salt: another one deals other packages into one slot, and what a
// policy owes to luck shows. Quatrain's is "".
func policies(salt string) []policy {
	const (
		kB = 1 << 10
		MB = 1 << 20
	)
	return []policy{
		{"**as it is**: 3 alone; over 2 MB, 256 kB: 2, 2, 2", single(3, classed(salt, []int64{2 * MB, 256 * kB, -1}, 2, 2, 2))},
		{"before: over 8 MB, 1 MB: 4, 3, 3", single(0, classed(salt, []int64{8 * MB, MB, -1}, 4, 3, 3))},
		{"hash over 9", single(0, hashed(salt, 9))},
		{"hash over 20", single(0, hashed(salt, 20))},
		{"a layer each", single(0, func(name string, _ int64) string { return name })},
		{"3 alone; hash over 6", single(3, hashed(salt, 6))},
		{"over 2 MB, 256 kB: 5, 2, 2", single(0, classed(salt, []int64{2 * MB, 256 * kB, -1}, 5, 2, 2))},
		{"1 alone; over 2 MB, 256 kB: 4, 2, 2", single(1, classed(salt, []int64{2 * MB, 256 * kB, -1}, 4, 2, 2))},
		{"2 alone; over 2 MB, 256 kB: 3, 2, 2", single(2, classed(salt, []int64{2 * MB, 256 * kB, -1}, 3, 2, 2))},
		{"4 alone; over 2 MB, 256 kB: 1, 2, 2", single(4, classed(salt, []int64{2 * MB, 256 * kB, -1}, 1, 2, 2))},
		{"3 alone; over 2 MB, 256 kB: 3, 1, 2", single(3, classed(salt, []int64{2 * MB, 256 * kB, -1}, 3, 1, 2))},
		{"3 alone; over 8 MB, 1 MB: 2, 2, 2", single(3, classed(salt, []int64{8 * MB, MB, -1}, 2, 2, 2))},
		{"3 alone; over 4 MB, 512 kB: 2, 2, 2", single(3, classed(salt, []int64{4 * MB, 512 * kB, -1}, 2, 2, 2))},
		{"3 alone; over 4 MB, 1 MB, 256 kB: 2, 1, 1, 2", single(3, classed(salt, []int64{4 * MB, MB, 256 * kB, -1}, 2, 1, 1, 2))},
		{"10 buckets: 3 alone; over 2 MB, 256 kB: 3, 2, 2", single(3, classed(salt, []int64{2 * MB, 256 * kB, -1}, 3, 2, 2))},
	}
}

// single gives the biggest n packages a layer each, and the others one by a rule that
// looks at one package at a time, so that none moves another.
func single(n int, rule func(name string, size int64) string) func(map[string]locked) map[string]string {
	return func(packages map[string]locked) map[string]string {
		layers := map[string]string{}
		for name, p := range packages {
			layers[name] = rule(name, p.Size)
		}
		bySize := slices.SortedFunc(maps.Keys(packages), func(a, b string) int {
			return cmp.Or(cmp.Compare(packages[b].Size, packages[a].Size), cmp.Compare(a, b))
		})
		for _, name := range bySize[:n] {
			layers[name] = "alone " + name
		}
		return layers
	}
}

func hashed(salt string, slots uint64) func(string, int64) string {
	return func(name string, _ int64) string {
		sum := sha256.Sum256([]byte(salt + name))
		return fmt.Sprint(binary.BigEndian.Uint64(sum[:8]) % slots)
	}
}

func classed(salt string, over []int64, slots ...uint64) func(string, int64) string {
	return func(name string, size int64) string {
		for i, limit := range over {
			if size > limit {
				return fmt.Sprint(i, " ", hashed(salt, slots[i])(name, size))
			}
		}
		return ""
	}
}

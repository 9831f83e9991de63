package main

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/quatrain-build/quatrain/internal/plan"
)

// policy names the layer of each package. Each looks at one package at a
// time, so that none moves another.
type policy struct {
	name string
	of   func(map[string]locked) map[string]string
}

func policies() []policy {
	const MB = 1 << 20
	return []policy{
		{"today", today},
		{"hash over 10", each(hashed(10))},
		{"hash over 20", each(hashed(20))},
		{"a layer each", each(func(name string, _ int64) string { return name })},
		{"over 8 MB, 1 MB: 4, 4, 4", each(classed([]int64{8 * MB, MB, -1}, 4, 4, 4))},
		{"over 8 MB, 1 MB: 6, 3, 3", each(classed([]int64{8 * MB, MB, -1}, 6, 3, 3))},
		{"over 4 MB, 512 kB: 4, 4, 4", each(classed([]int64{4 * MB, MB / 2, -1}, 4, 4, 4))},
		{"over 8 MB, 1 MB: 5, 3, 2", each(classed([]int64{8 * MB, MB, -1}, 5, 3, 2))},
		{"over 16 MB, 2 MB, 256 kB: 3, 3, 2, 2", each(classed([]int64{16 * MB, 2 * MB, MB / 4, -1}, 3, 3, 2, 2))},
		{"over 4 MB, 256 kB: 4, 3, 3", each(classed([]int64{4 * MB, MB / 4, -1}, 4, 3, 3))},
		{"over 8 MB, 1 MB, 128 kB: 4, 2, 2, 2", each(classed([]int64{8 * MB, MB, MB / 8, -1}, 4, 2, 2, 2))},
		{"over 16 MB, 2 MB, 256 kB: 4, 3, 3, 2", each(classed([]int64{16 * MB, 2 * MB, MB / 4, -1}, 4, 3, 3, 2))},
	}
}

func each(layer func(name string, size int64) string) func(map[string]locked) map[string]string {
	return func(packages map[string]locked) map[string]string {
		layers := map[string]string{}
		for name, p := range packages {
			layers[name] = layer(name, p.Size)
		}
		return layers
	}
}

func today(packages map[string]locked) map[string]string {
	var all []plan.Package
	for name := range packages {
		all = append(all, plan.Package{Name: name})
	}
	layers := map[string]string{}
	for _, b := range plan.Buckets(all, func(p plan.Package) int64 { return packages[p.Name].Size }) {
		for _, p := range b.Packages {
			layers[p.Name] = b.Name
		}
	}
	return layers
}

func hashed(slots uint64) func(string, int64) string {
	return func(name string, _ int64) string {
		sum := sha256.Sum256([]byte(name))
		return fmt.Sprint(binary.BigEndian.Uint64(sum[:8]) % slots)
	}
}

func classed(over []int64, slots ...uint64) func(string, int64) string {
	return func(name string, size int64) string {
		for i, limit := range over {
			if size > limit {
				return fmt.Sprint(i, " ", hashed(slots[i])(name, size))
			}
		}
		return ""
	}
}

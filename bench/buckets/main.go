// Command buckets compares ways to spread packages over layers, by the bytes that
// histories of real dependency bumps push again. It needs no network: the histories
// are beside it. Another one is made of a clone of any project with a uv.lock, which
// unlike a poetry.lock states the size of every file:
//
//	go run ./bench/buckets -clone DIR -source NAME -save FILE
package main

import (
	"flag"
	"fmt"
	"log"
	"maps"
	"path/filepath"
	"slices"
)

func main() {
	files := flag.String("histories", "bench/buckets/histories/*.json", "the histories")
	clone := flag.String("clone", "", "make a history of this clone's lock first")
	path := flag.String("lock", "uv.lock", "the lock in the clone")
	source := flag.String("source", "", "what the clone is of")
	save := flag.String("save", "", "where that history goes")
	flag.Parse()
	if *clone != "" {
		if err := make30(*clone, *path, *source, *save); err != nil {
			log.Fatal(err)
		}
	}
	names, err := filepath.Glob(*files)
	if err != nil {
		log.Fatal(err)
	}
	var all []*history
	for _, name := range names {
		h, err := load(name)
		if err != nil {
			log.Fatal(err)
		}
		all = append(all, h)
	}
	for _, h := range all {
		table(h)
	}
	summary(all)
}

func make30(clone, path, source, save string) error {
	h, err := read(clone, path, 30)
	if err != nil {
		return err
	}
	h.Source = source
	return h.save(save)
}

// cost is what a history costs under a policy.
type cost struct {
	layers              int
	largest             int64
	mean, median, worst int64   // bytes pushed again at a change
	times               float64 // the mean as a multiple of the changed packages
}

func table(h *history) {
	last := h.last()
	fmt.Printf("%s: %d changes, %d packages, %s MB at the end\n\n", h.Source, len(h.States)-1, len(last), mb(total(last)))
	fmt.Println("| policy: limits and slots | layers | largest, MB | pushed again: mean | median | worst | of the changed packages |")
	fmt.Println("|---|---|---|---|---|---|---|")
	for _, p := range policies("") {
		c := costOf(p, h)
		fmt.Printf("| %s | %d | %s | %s | %s | %s | × %.1f |\n", p.name, c.layers, mb(c.largest), mb(c.mean), mb(c.median), mb(c.worst), c.times)
	}
	fmt.Println()
}

// salts are the hashes that the summary is over: the differences of one alone are
// partly luck.
var salts = []string{"", "a", "b", "c", "d", "e", "f", "g"}

// summary is over all histories and hashes: each history counts the same, whatever its size.
func summary(all []*history) {
	fmt.Printf("All %d, each with %d hashes:\n\n", len(all), len(salts))
	fmt.Println("| policy: limits and slots | layers, at most | largest, % of all | pushed again: mean, × changed | median, % of all |")
	fmt.Println("|---|---|---|---|---|")
	n := float64(len(all) * len(salts))
	for i, p := range policies("") {
		var layers int
		var largest, times, median float64
		for _, salt := range salts {
			for _, h := range all {
				c, whole := costOf(policies(salt)[i], h), float64(total(h.last()))
				layers = max(layers, c.layers)
				largest += 100 * float64(c.largest) / whole / n
				times += c.times / n
				median += 100 * float64(c.median) / whole / n
			}
		}
		fmt.Printf("| %s | %d | %.0f | × %.2f | %.1f |\n", p.name, layers, largest, times, median)
	}
}

func costOf(p policy, h *history) cost {
	var pushed []int64
	var sum, needed int64
	for i := range len(h.States) - 1 {
		again, changed := bump(p, h.States[i].Packages, h.States[i+1].Packages)
		pushed = append(pushed, again)
		sum += again
		needed += changed
	}
	slices.Sort(pushed)
	n := len(pushed)
	layers := sizes(p, h.last())
	return cost{
		layers: len(layers), largest: slices.Max(slices.Collect(maps.Values(layers))),
		mean: sum / int64(n), median: (pushed[(n-1)/2] + pushed[n/2]) / 2, worst: pushed[n-1],
		times: float64(sum) / float64(needed),
	}
}

// bump is the bytes of the layers that differ after a change, and those of the
// packages that do. A layer whose last package went is not pushed.
func bump(p policy, before, after map[string]locked) (pushed, changed int64) {
	old, now := p.of(before), p.of(after)
	stale := map[string]bool{}
	for name, was := range before {
		if is, ok := after[name]; !ok || is != was || now[name] != old[name] {
			stale[old[name]] = true
		}
	}
	for name, is := range after {
		was, ok := before[name]
		if !ok || is != was {
			changed += is.Size
		}
		if !ok || is != was || now[name] != old[name] {
			stale[now[name]] = true
		}
	}
	for layer, size := range sizes(p, after) {
		if stale[layer] {
			pushed += size
		}
	}
	return pushed, changed
}

func sizes(p policy, packages map[string]locked) map[string]int64 {
	all := map[string]int64{}
	for name, layer := range p.of(packages) {
		all[layer] += packages[name].Size
	}
	return all
}

func total(packages map[string]locked) (n int64) {
	for _, p := range packages {
		n += p.Size
	}
	return n
}

func mb(n int64) string { return fmt.Sprintf("%.1f", float64(n)/1e6) }

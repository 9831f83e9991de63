// Command buckets compares ways to spread packages over layers, by the bytes that a
// history of real dependency bumps pushes again. It needs no network: the history is
// beside it. Another one is made of a clone of any project with a uv.lock:
//
//	go run ./bench/buckets -clone DIR -source NAME
package main

import (
	"flag"
	"fmt"
	"log"
	"maps"
	"slices"
)

func main() {
	name := flag.String("history", "bench/buckets/history.json", "the history")
	clone := flag.String("clone", "", "make the history of this clone's lock first")
	path := flag.String("lock", "uv.lock", "the lock in the clone")
	source := flag.String("source", "", "what the clone is of")
	flag.Parse()
	if *clone != "" {
		h, err := read(*clone, *path, 30)
		if err != nil {
			log.Fatal(err)
		}
		h.Source = *source
		if err := h.save(*name); err != nil {
			log.Fatal(err)
		}
	}
	h, err := load(*name)
	if err != nil {
		log.Fatal(err)
	}
	last := h.States[len(h.States)-1].Packages
	fmt.Printf("%s: %d changes, %d packages, %s MB at the end\n\n", h.Source, len(h.States)-1, len(last), mb(total(last)))
	fmt.Println("| policy | layers | largest, MB | pushed again: mean | median | worst | of the changed packages |")
	fmt.Println("|---|---|---|---|---|---|---|")
	for _, p := range policies() {
		row(p, h)
	}
}

// row prints what a policy costs.
func row(p policy, h *history) {
	var pushed []int64
	var sum, needed int64
	for i := range len(h.States) - 1 {
		again, changed := bump(p, h.States[i].Packages, h.States[i+1].Packages)
		pushed = append(pushed, again)
		sum += again
		needed += changed
	}
	slices.Sort(pushed)
	layers := sizes(p, h.States[len(h.States)-1].Packages)
	fmt.Printf("| %s | %d | %s | %s | %s | %s | × %.1f |\n", p.name, len(layers), mb(slices.Max(slices.Collect(maps.Values(layers)))),
		mb(sum/int64(len(pushed))), mb((pushed[(len(pushed)-1)/2]+pushed[len(pushed)/2])/2), mb(pushed[len(pushed)-1]), float64(sum)/float64(needed))
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
		if was, ok := before[name]; !ok || is != was {
			stale[now[name]] = true
			changed += is.Size
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

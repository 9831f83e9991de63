package plan

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
)

// Bucket is a set of packages that are installed by one step into one layer.
type Bucket struct {
	Name     string // stable: "small 2", "further medium", a package's name
	Packages []Package
}

// A class spreads packages of similar size over a fixed number of slots, so that a
// bump of a small package never carries a big one along. A package's slot depends
// on its own name and size alone: nothing that comes, goes or is bumped moves another.
// See docs/decisions/0003-buckets.md.
type class struct {
	name  string
	over  int64 // bytes of the wheel, exclusive
	slots uint64
}

var classes = []class{
	{"large", 2 << 20, 2},
	{"medium", 256 << 10, 2},
	{"small", -1, 2},
}

// further are the classes of what production does not have. It is bumped in
// development, where nothing waits for a push.
var further = []class{
	{"further large", 2 << 20, 1},
	{"further medium", 256 << 10, 1},
	{"further small", -1, 1},
}

// alone is how many of the large packages have a bucket of their own.
const alone = 3

// local is the bucket of what is made of folders of the build context: it changes
// with every edit there.
const local = "local"

// Buckets spreads the packages by the sizes of their files; an unknown size (0)
// counts as small. Buckets come in a fixed order, packages in the plan's.
//
// What the size of others decides is only which large packages are the biggest three:
// one that becomes one of them sends another back to its slot.
func Buckets(packages []Package) []Bucket {
	single := biggest(packages)
	byName := map[string]*Bucket{}
	var names []string // of single buckets, as packages come
	for _, p := range packages {
		name := bucketName(p)
		if single[p.Name] {
			name = p.Name
			names = append(names, name)
		}
		if byName[name] == nil {
			byName[name] = &Bucket{Name: name}
		}
		byName[name].Packages = append(byName[name].Packages, p)
	}
	var all []Bucket
	for _, name := range append(names, slotNames()...) {
		if b := byName[name]; b != nil {
			all = append(all, *b)
		}
	}
	return all
}

// biggest returns the names of the packages that have a bucket to themselves.
func biggest(packages []Package) map[string]bool {
	large := slices.DeleteFunc(slices.Clone(packages), func(p Package) bool {
		return p.Further || isLocal(p) || p.Size <= classes[0].over
	})
	slices.SortFunc(large, func(a, b Package) int {
		return cmp.Or(cmp.Compare(b.Size, a.Size), cmp.Compare(a.Name, b.Name))
	})
	names := map[string]bool{}
	for _, p := range large[:min(alone, len(large))] {
		names[p.Name] = true
	}
	return names
}

func isLocal(p Package) bool {
	return p.Origin.Kind == FromDirectory || p.Origin.Kind == FromContext
}

func bucketName(p Package) string {
	of := classes
	switch {
	case isLocal(p):
		return local
	case p.Further:
		of = further
	}
	i := slices.IndexFunc(of, func(c class) bool { return p.Size > c.over }) // the last takes every size
	sum := sha256.Sum256([]byte(p.Name))
	return of[i].slot(binary.BigEndian.Uint64(sum[:8]) % of[i].slots)
}

// slotNames returns the names of all shared buckets in the layers' order: what changes most
// comes last.
func slotNames() []string {
	var names []string
	for _, c := range slices.Concat(classes, further) {
		for i := range c.slots {
			names = append(names, c.slot(i))
		}
	}
	return append(names, local)
}

func (c class) slot(i uint64) string {
	if c.slots == 1 {
		return c.name
	}
	return fmt.Sprintf("%s %d", c.name, i+1)
}

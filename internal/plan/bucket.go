package plan

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// Bucket is a set of packages that are installed by one step into one layer.
type Bucket struct {
	Name     string // stable: "giant 2", "medium 0"
	Packages []Package
}

// A bucket class spreads packages of similar size over a fixed number of slots,
// so that a bump of a small package never carries a big one along. A package's
// slot depends on its own name and size alone: nothing that comes, goes or grows
// moves another. See docs/decisions/0003-buckets.md.
type class struct {
	name  string
	over  int64 // bytes of the wheel, exclusive
	slots uint64
}

var classes = []class{
	{"giant", 8 << 20, 4},
	{"medium", 1 << 20, 3},
	{"small", -1, 3},
}

// Buckets spreads the packages by the sizes of their wheels; an unknown size (0)
// counts as small. Buckets come in a fixed order, packages in the plan's.
func Buckets(packages []Package, size func(Package) int64) []Bucket {
	byName := map[string]*Bucket{}
	for _, p := range packages {
		name := bucketName(p, size(p))
		if byName[name] == nil {
			byName[name] = &Bucket{Name: name}
		}
		byName[name].Packages = append(byName[name].Packages, p)
	}
	var all []Bucket
	for _, c := range classes {
		for slot := range c.slots {
			if b := byName[slotName(c, slot)]; b != nil {
				all = append(all, *b)
			}
		}
	}
	return all
}

func bucketName(p Package, size int64) string {
	for _, c := range classes {
		if size > c.over {
			sum := sha256.Sum256([]byte(p.Name))
			return slotName(c, binary.BigEndian.Uint64(sum[:8])%c.slots)
		}
	}
	return slotName(classes[len(classes)-1], 0) // never: the last class takes every size
}

func slotName(c class, slot uint64) string { return fmt.Sprintf("%s %d", c.name, slot+1) }

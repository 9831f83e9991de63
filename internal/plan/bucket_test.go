package plan

import (
	"fmt"
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

package plan

import (
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
)

// choices returns candidates without those that the lock has no SHA-256 of.
func choices(candidates []lockfile.File) []File {
	var all []File
	for _, f := range candidates {
		if hash, ok := strings.CutPrefix(f.Hash, "sha256:"); ok {
			all = append(all, File{f.Name, hash})
		}
	}
	return all
}

// instead returns the choice with that hash; ok is false if there is none.
func (p Package) instead(sha256 string) (f File, ok bool) {
	i := slices.IndexFunc(p.Choices, func(f File) bool { return f.SHA256 == sha256 })
	if i < 0 {
		return File{}, false
	}
	return p.Choices[i], true
}

package wheel

import (
	"os"
	"path/filepath"
	"strings"
)

// recordFile is the RECORD of an installed package.
type recordFile struct {
	distInfo string // the folder's name
	text     []byte
}

// recordsIn reads the RECORD of each package in a folder, sorted. A package without a folder
// has none.
func recordsIn(site string) (all []recordFile, err error) {
	entries, err := os.ReadDir(site)
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".dist-info") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(site, e.Name(), "RECORD"))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, recordFile{e.Name(), text})
	}
	return all, nil
}

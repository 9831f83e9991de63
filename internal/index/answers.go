package index

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/quatrain-build/quatrain/internal/step"
)

// Answers are remembered by index and hash in a cache mount, so that a bumped
// dependency asks for one page. Losing them costs a request.

func (c *client) answerFile(f step.File) string {
	sum := sha256.Sum256([]byte(c.index.URL + "\x00" + f.Name + "\x00" + f.SHA256))
	return filepath.Join(c.answers, hex.EncodeToString(sum[:])+".json")
}

func (c *client) remembered(f step.File) (step.Location, bool) {
	if c.answers == "" {
		return step.Location{}, false
	}
	data, err := os.ReadFile(c.answerFile(f))
	var l step.Location
	if err != nil || json.Unmarshal(data, &l) != nil || l.SHA256 != f.SHA256 || l.Name != f.Name || l.URL == "" {
		return step.Location{}, false
	}
	return l, true
}

// remember writes through a temporary file: builds share the folder.
func (c *client) remember(l step.Location) {
	if c.answers == "" {
		return
	}
	data, err := json.Marshal(l)
	if err != nil {
		return
	}
	tmp, err := os.CreateTemp(c.answers, "new-")
	if err != nil {
		return
	}
	_, errWrite := tmp.Write(data)
	errClose := tmp.Close()
	name := c.answerFile(step.File{Package: l.Package, Name: l.Name, SHA256: l.SHA256})
	if errWrite != nil || errClose != nil || os.Rename(tmp.Name(), name) != nil {
		os.Remove(tmp.Name())
	}
}

package index

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"

	"github.com/quatrain-build/quatrain/internal/step"
)

// Answers are remembered by index and hash in a cache mount, so that a bumped
// dependency asks for one page. Losing them costs a request.

// answerFile names the answer; the index counts without its login.
func (c *client) answerFile(f step.File) string {
	sum := sha256.Sum256([]byte(c.root.String() + "\x00" + f.Name + "\x00" + f.SHA256))
	return filepath.Join(c.answers, hex.EncodeToString(sum[:])+".json")
}

// remembered is the answer of an earlier build. The folder is shared with other
// builds: what does not look like an answer to this question is none.
func (c *client) remembered(f step.File) (step.Location, bool) {
	if c.answers == "" {
		return step.Location{}, false
	}
	data, err := os.ReadFile(c.answerFile(f))
	var l step.Location
	if err != nil || json.Unmarshal(data, &l) != nil || l.SHA256 != f.SHA256 || l.Name != f.Name {
		return step.Location{}, false
	}
	u, err := url.Parse(l.URL)
	if err != nil || !isHTTP(u) {
		return step.Location{}, false
	}
	l.Package = f.Package
	return l, true
}

// remember writes through a temporary file: builds share the folder. An address
// with a query is likely signed and expires: it is not kept.
func (c *client) remember(l step.Location) {
	if c.answers == "" {
		return
	}
	if u, err := url.Parse(l.URL); err != nil || u.RawQuery != "" {
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

// forget drops an answer that turned out to be out of date.
func (c *client) forget(l step.Location) {
	if c.answers != "" {
		os.Remove(c.answerFile(step.File{Name: l.Name, SHA256: l.SHA256}))
	}
}

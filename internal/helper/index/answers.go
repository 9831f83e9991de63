package index

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/quatrain-build/quatrain/internal/address"
	"github.com/quatrain-build/quatrain/internal/step"
)

// Answers are remembered by index and hash in a cache mount, so that a bumped dependency
// asks for one page. Losing them costs a request. They are kept for files that the index
// does not have too: a build that uses another file need not ask again.
//
// An answer is believed for a day (Options.Fresh). After that the page is asked whether it
// has changed, so that a yank and a deletion are noticed; if the index cannot say, the
// answer stays. An address that fails is forgotten at once.

// answer is what an index says about one file.
type answer struct {
	step.Location           // URL is "" if the index does not have the file
	Gone          step.Kind `json:"gone,omitempty"` // then NotFound or HashMismatch
	Sum           string    `json:"sum,omitempty"`  // the hash on the page
	ETag          string    `json:"etag,omitempty"` // of the page

	remembered bool
	unlocked   bool      // no lock has it: the hash, if there is one, is the index's own
	asked      time.Time // of a remembered answer
}

func (a answer) file() step.File {
	return step.File{Package: a.Package, Name: a.Name, SHA256: a.SHA256}
}

// answerFile names the answer about a file of the index, whose login does not matter.
func (c *client) answerFile(f step.File) string {
	sum := sha256.Sum256([]byte(c.root.String() + "\x00" + f.Name + "\x00" + f.SHA256))
	return filepath.Join(c.answers, hex.EncodeToString(sum[:])+".json")
}

// maxAnswer bounds an answer: the folder is shared with other builds.
const maxAnswer = 64 << 10

// recall returns the answer of an earlier build. What does not look like an answer to this
// question is none.
func (c *client) recall(f step.File) (answer, bool) {
	if c.answers == "" || c.distrust {
		return answer{}, false
	}
	file, err := os.Open(c.answerFile(f))
	if err != nil {
		return answer{}, false
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return answer{}, false
	}
	data, err := io.ReadAll(io.LimitReader(file, maxAnswer))
	var a answer
	if err != nil || json.Unmarshal(data, &a) != nil || a.SHA256 != f.SHA256 || a.Name != f.Name {
		return answer{}, false
	}
	if u, err := url.Parse(a.URL); a.Gone == "" && (err != nil || !address.IsHTTP(u)) {
		return answer{}, false
	}
	a.Package, a.Yanked, a.Instead = f.Package, yankedAgain(a.Yanked), nil
	a.remembered, a.asked = true, info.ModTime()
	return a, true
}

// yankedAgain makes a remembered reason safe to print: any build can have written it.
func yankedAgain(why string) string {
	if why == "" {
		return ""
	}
	return reason(why)
}

// isStale reports whether an answer is too old to be believed without asking.
func (c *client) isStale(a answer) bool {
	age := time.Since(a.asked)
	return a.remembered && c.o.Fresh > 0 && (age > c.o.Fresh || age < 0)
}

// remember writes through a temporary file: builds share the folder. An address with a
// query is likely to be signed and to expire: it is not kept.
func (c *client) remember(a answer) {
	if c.answers == "" || a.Name == "" {
		return
	}
	if u, err := url.Parse(a.URL); err != nil || u.RawQuery != "" {
		return
	}
	a.Instead = nil
	data, err := json.Marshal(a)
	if err != nil {
		return
	}
	tmp, err := os.CreateTemp(c.answers, "new-")
	if err != nil {
		return
	}
	_, errWrite := tmp.Write(data)
	errClose := tmp.Close()
	if errWrite != nil || errClose != nil || os.Rename(tmp.Name(), c.answerFile(a.file())) != nil {
		os.Remove(tmp.Name())
	}
}

// Forget drops what earlier builds were told of the step's files, so that the step which
// looks for them asks the indexes again.
func Forget(s step.Forget) error { return forgetIn(s, inStep()) }

func forgetIn(s step.Forget, o Options) error {
	for _, index := range append([]step.Index{s.Index}, s.Else...) {
		c, err := newClient(index, o)
		if err != nil {
			return err
		}
		for _, f := range withOthers(s.Files) {
			c.forget(f)
		}
	}
	return nil
}

// forget drops an answer that turned out to be out of date.
func (c *client) forget(f step.File) {
	if c.answers != "" {
		os.Remove(c.answerFile(f))
	}
}

package index

import (
	"fmt"

	"github.com/quatrain-build/quatrain/internal/step"
)

// question is which of a package's files to take: the best one that the index has.
type question struct {
	files []step.File // best first
	known []answer    // what earlier builds were told of each; a zero answer for nothing
}

// newQuestion returns the question about a file and those that may take its place.
func (c *client) newQuestion(f step.File) question {
	var q question
	for _, one := range append([]step.File{f}, f.Others...) {
		one = step.File{Package: f.Package, Name: one.Name, SHA256: one.SHA256}
		known, _ := c.recall(one)
		q.files, q.known = append(q.files, one), append(q.known, known)
	}
	return q
}

// choose returns the best of the files that the index has. Yanked files come last, behind
// sdists too, as with Poetry (poetry/installation/chooser.py). ok is false if there is none,
// or if too little is known to tell.
func choose(known []answer, index string) (best answer, ok bool) {
	var instead []step.Passed
	for _, a := range known {
		switch {
		case a.Name == "":
			return answer{}, false
		case a.Gone == "" && a.Yanked == "":
			a.Instead = instead
			return a, true
		case a.Gone == "" && !ok:
			best, ok = a, true
			best.Instead = append([]step.Passed(nil), instead...)
		}
		instead = append(instead, step.Passed{Name: a.Name, SHA256: a.SHA256, Why: whyPassed(a, index)})
	}
	return best, ok
}

func whyPassed(a answer, index string) string {
	switch a.Gone {
	case "":
		return fmt.Sprintf("is yanked (%s)", a.Yanked)
	case step.HashMismatch:
		return fmt.Sprintf("has another hash on %s than in the lock", index)
	}
	return fmt.Sprintf("is no longer on %s", index)
}

// match returns what a page says of a locked file. It finds the file by its hash, whatever
// its name, else by its name: an index without hashes is believed here, because the download
// is verified against the lock in any case. A name may be on a page more than once, so that
// another hash alone is not a mismatch yet.
func match(p page, f step.File) answer {
	a := answer{Location: step.Location{Package: f.Package, Name: f.Name, SHA256: f.SHA256}, Gone: step.NotFound, ETag: p.etag}
	rank := func(l link) int {
		switch {
		case l.sha256 == f.SHA256 && l.name == f.Name:
			return 4
		case l.sha256 == f.SHA256:
			return 3
		case l.name == f.Name && l.sha256 == "":
			return 2
		case l.name == f.Name:
			return 1
		}
		return 0
	}
	best := 0
	for _, l := range p.links {
		r := rank(l)
		if r <= best {
			continue
		}
		best, a.Sum = r, l.sha256
		if r == 1 {
			a.Gone = step.HashMismatch
			continue
		}
		a.Gone, a.URL, a.Size, a.Yanked = "", l.url, l.size, l.yanked
	}
	return a
}

// none returns the problem of files that the index lacks altogether. It names the best one.
func (c *client) none(q question, answers []answer, p page) error {
	a := answers[0]
	problem := &step.Problem{Kind: a.Gone, Package: a.Package, File: a.Name}
	if a.Gone == step.HashMismatch {
		problem.Message = fmt.Sprintf("%s on %s has the hash sha256:%s, the lock says sha256:%s", a.Name, c.index.Name, a.Sum, a.SHA256)
		problem.Hint = "The index's file has changed since the lock was written. If you trust the new one, run `poetry lock`."
	} else {
		problem.Message = fmt.Sprintf("%s is not on %s (%s)", a.Name, c.index.Name, redact(c.index.URL))
		problem.Hint = fmt.Sprintf("The index no longer has the locked file of %s, or the lock belongs to another index. Run `poetry lock`.", a.Package)
	}
	switch n := len(q.files) - 1; {
	case p.files == 0:
		problem.Message += fmt.Sprintf(", which has no files of %s at all", a.Package)
		problem.Hint = missingHint + c.closedHint()
		if p.html {
			problem.Hint += " " + proxyPageHint
		}
	case n == 1:
		problem.Message += fmt.Sprintf(", and neither is %s", q.files[1].Name)
	case n > 1:
		problem.Message += fmt.Sprintf(", and neither are the %d other files of the lock that fit", n)
	}
	return problem
}

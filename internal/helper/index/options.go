package index

import (
	"net/http"
	"os"
	"time"

	"github.com/quatrain-build/quatrain/internal/step"
)

// Options are the surroundings of a step: what tests put in its place.
type Options struct {
	Transport http.RoundTripper           // nil: one that trusts Bundle, CA and CADir, with the environment's proxies
	Bundle    string                      // PEM file of the public authorities
	CA        string                      // PEM file of a company's authorities, may be absent
	CADir     string                      // folder of such files, may be absent
	Answers   string                      // folder of remembered answers; absent: none are kept
	Getenv    func(string) (string, bool) // where logins are
	Tries     int                         // attempts at a request that may succeed later
	Backoff   time.Duration               // pause after the first attempt; grows with each
	Answer    time.Duration               // a request without the head of an answer for so long has failed; 0: never
	Stall     time.Duration               // a body that brings nothing for so long has broken off
	Window    time.Duration               // a body that brings fewer than Least bytes in such a time is given up; 0: never
	Least     int64                       // a slow line has to do it for several files at once
	Page      time.Duration               // for a whole page, 0 for as long as it takes
	Fresh     time.Duration               // age up to which an answer is believed without asking
}

// inStep returns the options for code that runs inside a step.
func inStep() Options {
	return Options{
		Bundle: step.Bundle, CA: step.CA, CADir: step.CADir, Answers: step.Answers,
		Getenv: os.LookupEnv, Tries: 5, Backoff: 500 * time.Millisecond,
		Answer: 30 * time.Second, Stall: time.Minute, Window: time.Minute, Least: 32 << 10,
		Page: 10 * time.Minute, Fresh: 24 * time.Hour,
	}
}

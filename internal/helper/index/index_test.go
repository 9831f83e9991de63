package index

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

var (
	alpha = pindex.Wheel{Name: "alpha", Version: "1.0", Files: map[string]string{"alpha.py": "a = 1\n"}}
	beta  = pindex.Wheel{Name: "Beta.Two", Version: "2.0", Files: map[string]string{"beta.py": ""}}
	gamma = pindex.Sdist{Name: "gamma", Version: "3.0", Files: map[string]string{"gamma.py": ""}}
)

const (
	alphaPage = "/simple/alpha/"
	alphaFile = "/files/alpha-1.0-py3-none-any.whl"
)

func locked(dists ...pindex.Dist) []step.File {
	var all []step.File
	for _, d := range dists {
		all = append(all, step.File{Package: d.Project(), Name: d.Filename(), SHA256: pindex.SHA256(d)})
	}
	return all
}

// quick are the surroundings of a step without cache and patience.
func quick() Options {
	return Options{Tries: 3, Backoff: time.Millisecond, Stall: 5 * time.Second, Getenv: func(string) (string, bool) { return "", false }}
}

func serve(t *testing.T, o pindex.Options, dists ...pindex.Dist) (*pindex.Index, step.Index) {
	t.Helper()
	x := pindex.New(o, dists...)
	s := httptest.NewServer(x)
	t.Cleanup(s.Close)
	return x, step.Index{Login: "my-corp.eu", Name: "my-corp.eu", URL: s.URL + "/simple/"}
}

func locate(t *testing.T, index step.Index, files []step.File, o Options) ([]step.Location, error) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out")
	if err := LocateWith(t.Context(), step.Locate{Index: index, Files: files, Out: out}, o); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(filepath.Join(out, "locations.json"))
	if err != nil {
		t.Fatal(err)
	}
	var l step.Locations
	if err := json.Unmarshal(data, &l); err != nil {
		t.Fatal(err)
	}
	return l.Files, nil
}

func TestLocate(t *testing.T) {
	files := locked(gamma, beta, alpha)
	for name, c := range map[string]struct {
		o    pindex.Options
		size bool
	}{
		"JSON":                {pindex.Options{}, true},
		"JSON without sizes":  {pindex.Options{WithoutSizes: true}, false},
		"JSON without hashes": {pindex.Options{WithoutHashes: true}, true},
		"HTML":                {pindex.Options{HTML: true}, false},
		"HTML without hashes": {pindex.Options{HTML: true, WithoutHashes: true}, false},
	} {
		t.Run(name, func(t *testing.T) {
			x, index := serve(t, c.o, alpha, beta, gamma)
			x.Yank(alpha.Filename(), "broken & bad")
			x.Yank(beta.Filename(), "")
			got, err := locate(t, index, files, quick())
			if err != nil {
				t.Fatal(err)
			}
			root := strings.TrimSuffix(index.URL, "simple/") + "files/"
			var want []step.Location
			for _, d := range []pindex.Dist{alpha, beta, gamma} {
				l := step.Location{Package: d.Project(), Name: d.Filename(), SHA256: pindex.SHA256(d), URL: root + d.Filename()}
				if c.size {
					l.Size = int64(len(d.Bytes()))
				}
				want = append(want, l)
			}
			want[0].Yanked, want[1].Yanked = "broken & bad", "yanked"
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLocateNothing(t *testing.T) {
	got, err := locate(t, step.Index{Name: "x", URL: "http://x.invalid/"}, nil, quick())
	if err != nil || got == nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
}

// What is written depends neither on the order of the files nor on the clock.
func TestLocateDeterministic(t *testing.T) {
	_, index := serve(t, pindex.Options{}, alpha, beta, gamma)
	files := locked(alpha, beta, gamma, alpha)
	var written []string
	for range 2 {
		out := t.TempDir()
		if err := LocateWith(t.Context(), step.Locate{Index: index, Files: files, Out: out}, quick()); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(out, "locations.json")
		data, _ := os.ReadFile(name)
		info, _ := os.Stat(name)
		written = append(written, string(data)+info.ModTime().UTC().String())
		slices.Reverse(files)
	}
	if diff := cmp.Diff(written[0], written[1]); diff != "" {
		t.Error(diff)
	}
}

// A remembered answer asks nothing; a bumped dependency asks for its page alone.
// pages are the pages that were asked for: the first file is looked at in any case.
func pages(x *pindex.Index) []string {
	return slices.DeleteFunc(x.Requests(), func(path string) bool { return strings.HasPrefix(path, "/files/") })
}

func TestAnswers(t *testing.T) {
	x, index := serve(t, pindex.Options{}, alpha, beta)
	o := quick()
	o.Answers = t.TempDir()
	first, err := locate(t, index, locked(alpha, beta), o)
	if err != nil {
		t.Fatal(err)
	}
	x.Reset()
	again, err := locate(t, index, locked(alpha, beta), o)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, again); diff != "" || len(pages(x)) > 0 {
		t.Errorf("asked %v %s", pages(x), diff)
	}
	bumped := beta
	bumped.Version = "2.1"
	x.Add(bumped)
	if _, err := locate(t, index, locked(alpha, bumped), o); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"/simple/beta-two/"}, pages(x)); diff != "" {
		t.Error(diff)
	}
	// Another index is another question.
	other := index
	other.URL = strings.TrimSuffix(index.URL, "/")
	x.Reset()
	if _, err := locate(t, other, locked(alpha), o); err != nil || len(pages(x)) != 1 {
		t.Errorf("%v, %v", err, x.Requests())
	}
	// Damage costs a request.
	entries, _ := os.ReadDir(o.Answers)
	for _, e := range entries {
		os.WriteFile(filepath.Join(o.Answers, e.Name()), []byte(`{"name":"`), 0o644)
	}
	if got, err := locate(t, index, locked(alpha, beta), o); err != nil || len(got) != 2 {
		t.Errorf("%v, %v", got, err)
	}
}

// One package's failure does not lose the answers of the others.
func TestAnswersOfAFailure(t *testing.T) {
	x, index := serve(t, pindex.Options{}, alpha)
	o := quick()
	o.Answers = t.TempDir()
	if _, err := locate(t, index, locked(alpha, beta), o); err == nil {
		t.Fatal("found what is not there")
	}
	x.Reset()
	if _, err := locate(t, index, locked(alpha), o); err != nil || len(pages(x)) > 0 {
		t.Errorf("%v, %v", err, x.Requests())
	}
}

func problems(t *testing.T, err error) []step.Problem {
	t.Helper()
	all := step.Problems(err)
	for _, p := range all {
		if p.Hint == "" || strings.HasSuffix(p.Message, ".") {
			t.Errorf("not a good problem: %+v", p)
		}
		if strings.Contains(p.Message+p.Hint, "hunter2") {
			t.Errorf("a secret is told: %+v", p)
		}
	}
	return all
}

func TestLocateProblems(t *testing.T) {
	x, index := serve(t, pindex.Options{}, alpha, gamma)
	x.Claim(alpha.Filename(), strings.Repeat("ab", 32))
	newer := gamma
	newer.Version = "4.0"
	_, err := locate(t, index, locked(newer, beta, alpha), quick())
	var got []string
	for _, p := range problems(t, err) {
		got = append(got, string(p.Kind)+" "+p.Package+": "+p.Message)
	}
	want := []string{
		"hash-mismatch alpha: alpha-1.0-py3-none-any.whl on my-corp.eu has the hash sha256:" + strings.Repeat("ab", 32) +
			", the lock says sha256:" + pindex.SHA256(alpha),
		"not-found beta-two: beta_two-2.0-py3-none-any.whl is not on my-corp.eu (" + index.URL + "), which has no files of beta-two at all",
		"not-found gamma: gamma-4.0.tar.gz is not on my-corp.eu (" + index.URL + ")",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestHostileLock(t *testing.T) {
	_, index := serve(t, pindex.Options{}, alpha)
	good := locked(alpha)[0]
	for _, change := range []func(*step.File){
		func(f *step.File) { f.SHA256 = ".." },
		func(f *step.File) { f.SHA256 = strings.ToUpper(f.SHA256) },
		func(f *step.File) { f.Name = ".." },
		func(f *step.File) { f.Name = "../x" },
		func(f *step.File) { f.Name = "" },
		func(f *step.File) { f.Package = ".." },
		func(f *step.File) { f.Package = "a/b" },
	} {
		f := good
		change(&f)
		if _, err := locate(t, index, []step.File{f}, quick()); len(problems(t, err)) != 1 {
			t.Errorf("%+v: %v", f, err)
		}
	}
}

func TestRetries(t *testing.T) {
	for name, c := range map[string]struct {
		fault       pindex.Fault
		tries, asks int
		kind        step.Kind
	}{
		"passes":           {pindex.Fault{Status: 503, Times: 2}, 3, 3, ""},
		"lasts":            {pindex.Fault{Status: 502}, 3, 3, step.Unreachable},
		"too many":         {pindex.Fault{Status: 429, Times: 1, RetryAfter: "0"}, 3, 2, ""},
		"asked to explain": {pindex.Fault{Status: 503, Times: 1}, 1, 1, step.Unreachable},
		"not found":        {pindex.Fault{Status: 404}, 3, 1, step.NotFound},
		"gone":             {pindex.Fault{Status: 410}, 3, 1, step.NotFound},
		"forbidden":        {pindex.Fault{Status: 403}, 3, 1, step.Unauthorized},
		"timed out":        {pindex.Fault{Status: 408, Times: 1}, 3, 2, ""},
		"too early":        {pindex.Fault{Status: 425, Times: 1}, 3, 2, ""},
		"a CDN's":          {pindex.Fault{Status: 520, Times: 1}, 3, 2, ""},
		"not implemented":  {pindex.Fault{Status: 501}, 3, 1, step.Failed},
		"no content":       {pindex.Fault{Status: 204}, 3, 1, step.Failed},
		"teapot":           {pindex.Fault{Status: 418}, 3, 1, step.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			x, index := serve(t, pindex.Options{}, alpha)
			x.Fail(alphaPage, c.fault)
			o := quick()
			o.Tries = c.tries
			_, err := locate(t, index, locked(alpha), o)
			var kind step.Kind
			for _, p := range problems(t, err) {
				kind = p.Kind
			}
			if kind != c.kind || x.Count(alphaPage) != c.asks {
				t.Errorf("%q after %d requests, want %q after %d: %v", kind, x.Count(alphaPage), c.kind, c.asks, err)
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	for header, want := range map[string]time.Duration{"7": 7 * time.Second, "3600": maxRetryAfter, "99999999999999999999": 0, "soon": 0, "-1": 0,
		"Wed, 21 Oct 2015 07:28:00 GMT": 0, "Wed, 21 Oct 2115 07:28:00 GMT": maxRetryAfter} {
		if got := pause(&http.Response{StatusCode: 503, Header: http.Header{"Retry-After": {header}}}); got != want {
			t.Errorf("Retry-After %s: %v, want %v", header, got, want)
		}
	}
}

func TestUnreachable(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	url := strings.Replace(s.URL, "http://", "http://user:hunter2@", 1)
	_, err := locate(t, step.Index{Login: "corp", Name: "corp", URL: url}, locked(alpha), quick())
	p := problems(t, err)
	if len(p) != 1 || p[0].Kind != step.Unreachable || p[0].Package != "alpha" || !strings.Contains(p[0].Message, "connection refused") {
		t.Errorf("%+v", p)
	}
	for _, bad := range []string{"", "ftp://user:hunter2@x/", "://hunter2", "/simple/"} {
		_, err := locate(t, step.Index{Login: "corp", Name: "corp", URL: bad}, locked(alpha), quick())
		if p := problems(t, err); len(p) != 1 || p[0].Kind != step.Failed {
			t.Errorf("%q: %+v", bad, p)
		}
	}
}

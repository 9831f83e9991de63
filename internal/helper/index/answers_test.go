package index

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// patient are surroundings with a memory.
func patient(t *testing.T) Options {
	o := quick()
	o.Answers, o.Fresh = t.TempDir(), time.Hour
	return o
}

// grown makes all answers older.
func grown(t *testing.T, o Options, by time.Duration) {
	t.Helper()
	entries, err := os.ReadDir(o.Answers)
	if err != nil || len(entries) == 0 {
		t.Fatalf("%v, %d answers", err, len(entries))
	}
	for _, e := range entries {
		at := time.Now().Add(-by)
		if err := os.Chtimes(filepath.Join(o.Answers, e.Name()), at, at); err != nil {
			t.Fatal(err)
		}
	}
}

// A remembered address that fails, for whatever reason, is forgotten, and the index is
// asked where the file is now.
func TestMoved(t *testing.T) {
	withLogin := map[string]string{"POETRY_HTTP_BASIC_CORP_USERNAME": "me", "POETRY_HTTP_BASIC_CORP_PASSWORD": "hunter2"}
	for name, fails := range map[string]func(old *httptest.Server, x *pindex.Index){
		"401":       func(_ *httptest.Server, x *pindex.Index) { x.Fail(alphaFile, pindex.Fault{Status: 401}) },
		"403":       func(_ *httptest.Server, x *pindex.Index) { x.Fail(alphaFile, pindex.Fault{Status: 403}) },
		"404":       func(_ *httptest.Server, x *pindex.Index) { x.Fail(alphaFile, pindex.Fault{Status: 404}) },
		"410":       func(_ *httptest.Server, x *pindex.Index) { x.Fail(alphaFile, pindex.Fault{Status: 410}) },
		"400":       func(_ *httptest.Server, x *pindex.Index) { x.Fail(alphaFile, pindex.Fault{Status: 400}) },
		"503":       func(_ *httptest.Server, x *pindex.Index) { x.Fail(alphaFile, pindex.Fault{Status: 503}) },
		"host gone": func(old *httptest.Server, _ *pindex.Index) { old.Close() },
		"redirects away": func(_ *httptest.Server, x *pindex.Index) {
			x.Fail(alphaFile, pindex.Fault{Redirect: "http://127.0.0.1:1/"})
		},
		"redirects in a loop": func(_ *httptest.Server, x *pindex.Index) { x.Fail(alphaFile, pindex.Fault{Redirect: alphaFile}) },
		"redirects to a page": func(_ *httptest.Server, x *pindex.Index) { x.Fail(alphaFile, pindex.Fault{Redirect: alphaPage}) },
		"a piece":             func(_ *httptest.Server, x *pindex.Index) { x.Fail(alphaFile, pindex.Fault{Status: 206}) },
		"breaks off":          func(_ *httptest.Server, x *pindex.Index) { x.Fail(alphaFile, pindex.Fault{Truncate: true}) },
		"other bytes":         func(_ *httptest.Server, x *pindex.Index) { x.Fail(alphaFile, pindex.Fault{Body: otherBytesOf(alpha)}) },
		"too short":           func(_ *httptest.Server, x *pindex.Index) { x.Fail(alphaFile, pindex.Fault{Body: []byte("PK")}) },
		"a page": func(_ *httptest.Server, x *pindex.Index) {
			x.Fail(alphaFile, pindex.Fault{Body: []byte("<html>moved")})
		},
	} {
		for kind, env := range map[string]map[string]string{"with a login": withLogin, "without": nil} {
			t.Run(name+" "+kind, func(t *testing.T) {
				oldFiles := pindex.New(pindex.Options{}, alpha)
				old := httptest.NewServer(oldFiles)
				defer old.Close()
				x, index := serve(t, pindex.Options{AbsoluteURLs: old.URL}, alpha)
				index.Login = "corp"
				o := patient(t)
				o.Getenv = func(name string) (string, bool) { v, ok := env[name]; return v, ok }
				if _, err := locate(t, index, locked(alpha), o); err != nil {
					t.Fatal(err)
				}
				fails(old, oldFiles)
				x.Set(pindex.Options{})
				x.Reset()
				if _, err := locate(t, index, locked(alpha), o); err != nil {
					t.Errorf("locate: %v", err)
				}
				if _, err := fetch(t, index, locked(alpha), o); err != nil {
					t.Errorf("fetch: %v", err)
				}
				if n := x.Count(alphaPage); n != 1 {
					t.Errorf("the page was asked for %d times", n)
				}
				x.Reset()
				if _, err := fetch(t, index, locked(alpha), o); err != nil || x.Count(alphaPage) > 0 {
					t.Errorf("the new address is not remembered: %v, %v", err, x.Requests())
				}
			})
		}
	}
}

// A redirect of the old place to the new one is followed: no server is asked again.
func TestMovedByRedirect(t *testing.T) {
	for _, login := range []string{"", "corp"} {
		w := pindex.New(pindex.Options{}, alpha)
		to := httptest.NewServer(w)
		defer to.Close()
		x, index := serve(t, pindex.Options{}, alpha)
		index.Login = login
		o := patient(t)
		if _, err := locate(t, index, locked(alpha), o); err != nil {
			t.Fatal(err)
		}
		x.Reset()
		x.Fail(alphaFile, pindex.Fault{Redirect: to.URL + alphaFile})
		if _, err := fetch(t, index, locked(alpha), o); err != nil || x.Count(alphaPage) > 0 || w.Count(alphaFile) != 1 {
			t.Errorf("%v: asked %q, then %q", err, x.Requests(), w.Requests())
		}
	}
}

// The best file is gone from where an earlier build was told, and from the index, which
// has another of the lock: only the step that looks for files may take it.
func TestMovedAndGone(t *testing.T) {
	x, index := serve(t, pindex.Options{}, native, pure)
	o := patient(t)
	if _, err := locate(t, index, choiceOf(native, pure), o); err != nil {
		t.Fatal(err)
	}
	x.Remove(native.Filename())
	_, err := fetch(t, index, locked(native), o)
	if p := problems(t, err); len(p) != 1 || p[0].Kind != step.NotFound || p[0].File != native.Filename() {
		t.Errorf("%+v", p)
	}
	got, err := locate(t, index, choiceOf(native, pure), o)
	if err != nil || len(got) != 1 || got[0].Name != pure.Filename() || len(got[0].Instead) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

// An index that is down does not make a remembered address worse.
func TestMovedWithoutIndex(t *testing.T) {
	x, index := serve(t, pindex.Options{}, alpha)
	o := patient(t)
	if _, err := locate(t, index, locked(alpha), o); err != nil {
		t.Fatal(err)
	}
	x.Fail(alphaPage, pindex.Fault{Status: 503})
	for range 2 {
		x.Fail(alphaFile, pindex.Fault{Status: 503, Times: 2})
		if _, err := fetch(t, index, locked(alpha), o); err != nil {
			t.Error(err)
		}
	}
	grown(t, o, 2*time.Hour)
	if _, err := locate(t, index, locked(alpha), o); err != nil {
		t.Errorf("an old answer is better than none: %v", err)
	}
}

// An answer is believed for a while. Then the page is asked whether it has changed.
func TestOldAnswers(t *testing.T) {
	for name, pages := range map[string]pindex.Options{"JSON": {}, "HTML": {HTML: true}, "ETags": {ETags: true}, "HTML with ETags": {HTML: true, ETags: true}} {
		t.Run(name, func(t *testing.T) {
			x, index := serve(t, pages, alpha, gamma)
			o := patient(t)
			want, err := locate(t, index, locked(alpha, gamma), o)
			if err != nil {
				t.Fatal(err)
			}
			grown(t, o, 2*time.Hour)
			x.Reset()
			for i, asked := range []int{1, 0} { // what was confirmed is new again
				got, err := locate(t, index, locked(alpha, gamma), o)
				if diff := cmp.Diff(want, got); err != nil || diff != "" || x.Count(alphaPage) != asked {
					t.Errorf("build %d: asked %d times, %v %s", i, x.Count(alphaPage), err, diff)
				}
				x.Reset()
			}
			x.Yank(alpha.Filename(), "broken")
			if got, err := locate(t, index, locked(alpha, gamma), o); err != nil || got[0].Yanked != "" {
				t.Errorf("the answer is new: %+v, %v", got, err)
			}
			grown(t, o, -2*time.Hour) // a clock that was wrong
			if got, err := locate(t, index, locked(alpha, gamma), o); err != nil || got[0].Yanked != "broken" {
				t.Errorf("the yank is not noticed: %+v, %v", got, err)
			}
			grown(t, o, 2*time.Hour)
			x.Remove(alpha.Filename())
			_, err = locate(t, index, locked(alpha, gamma), o)
			if p := problems(t, err); len(p) != 1 || p[0].Kind != step.NotFound {
				t.Errorf("the deletion is not noticed: %+v", p)
			}
		})
	}
}

// A build without a cache forgets what earlier ones were told, of its files alone.
func TestForget(t *testing.T) {
	x, index := serve(t, pindex.Options{}, alpha, beta, gamma)
	o := patient(t)
	if _, err := locate(t, index, locked(alpha, beta, gamma), o); err != nil {
		t.Fatal(err)
	}
	files := locked(alpha)
	files[0].Others = locked(gamma)
	if err := forgetIn(step.Forget{Index: index, Files: files}, o); err != nil {
		t.Fatal(err)
	}
	x.Reset()
	if _, err := locate(t, index, locked(alpha, beta, gamma), o); err != nil || x.Count(alphaPage) != 1 || len(pages(x)) != 2 {
		t.Errorf("%v, %v", err, x.Requests())
	}
}

// The folder is shared with other builds: what does not look like an answer is none.
func TestJunkAnswers(t *testing.T) {
	x, index := serve(t, pindex.Options{}, alpha)
	o := patient(t)
	f := locked(alpha)[0]
	c, err := newClient(index, o)
	if err != nil {
		t.Fatal(err)
	}
	name := c.answerFile(f)
	head := `{"package":"alpha","name":"` + f.Name + `","sha256":"` + f.SHA256 + `"`
	for _, junk := range []string{"", "null", "[]", head, head + `}`, head + `,"url":"file:///etc/passwd"}`, head + `,"url":"x"}`, `{"url":"http://x/"}`} {
		if err := os.WriteFile(name, []byte(junk), 0o644); err != nil {
			t.Fatal(err)
		}
		x.Reset()
		if got, err := locate(t, index, []step.File{f}, o); err != nil || len(got) != 1 || x.Count(alphaPage) != 1 {
			t.Errorf("%q: %+v, %v", junk, got, err)
		}
	}
	if err := os.WriteFile(name, []byte(head+`,"url":"`+strings.TrimSuffix(index.URL, "/simple/")+alphaFile+`","yanked":"\u001b[2J evil\n\u0007 text"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := locate(t, index, []step.File{f}, o); err != nil || got[0].Yanked != "[2J evil text" {
		t.Errorf("%+v, %v", got, err)
	}
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(name, 0o755); err != nil {
		t.Fatal(err)
	}
	if got, err := locate(t, index, []step.File{f}, o); err != nil || len(got) != 1 {
		t.Errorf("a folder: %+v, %v", got, err)
	}
}

// A single page is asked for once, whatever is wanted of it.
func TestSinglePage(t *testing.T) {
	x, index := serve(t, pindex.Options{}, alpha, beta, gamma)
	index.URL = index.URL[:len(index.URL)-len("simple/")] + "links.html"
	o := patient(t)
	got, err := locate(t, index, locked(alpha, beta, gamma), o)
	if err != nil || len(got) != 3 {
		t.Fatalf("%+v, %v", got, err)
	}
	if diff := cmp.Diff([]string{"/links.html"}, pages(x)); diff != "" {
		t.Error(diff)
	}
	x.Reset()
	if _, err := fetch(t, index, locked(alpha, gamma), o); err != nil || x.Count("/links.html") > 0 {
		t.Errorf("%v, %v", err, x.Requests())
	}
	other := beta
	other.Version = "9"
	_, err = locate(t, index, locked(other, alpha), o)
	if p := problems(t, err); len(p) != 1 || p[0].Package != "beta-two" {
		t.Errorf("%+v", p)
	}
}

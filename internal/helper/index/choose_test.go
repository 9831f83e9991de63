package index

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// The files of one package, best first: two wheels and an sdist.
var (
	native  = pindex.Wheel{Name: "delta", Version: "1.0", Tag: "cp311-cp311-manylinux_2_17_x86_64", Files: map[string]string{"delta.py": "1"}}
	pure    = pindex.Wheel{Name: "delta", Version: "1.0", Files: map[string]string{"delta.py": "2"}}
	archive = pindex.Sdist{Name: "delta", Version: "1.0", Files: map[string]string{"delta.py": "3"}}
)

func choiceOf(dists ...pindex.Dist) []step.File {
	all := locked(dists...)
	all[0].Others = all[1:]
	return all[:1]
}

// The best file of the lock that the index has and has not yanked is taken; of yanked ones
// only where all that is left is yanked.
func TestChoose(t *testing.T) {
	all := []pindex.Dist{native, pure, archive}
	for name, c := range map[string]struct {
		change func(*pindex.Index)
		want   pindex.Dist // nil: none
		passed string
	}{
		"all there":         {func(x *pindex.Index) {}, native, ""},
		"the best gone":     {func(x *pindex.Index) { x.Remove(native.Filename()) }, pure, "0 is no longer on my-corp.eu"},
		"another gone":      {func(x *pindex.Index) { x.Remove(pure.Filename()) }, native, ""},
		"the sdist is left": {func(x *pindex.Index) { x.Remove(native.Filename()); x.Remove(pure.Filename()) }, archive, "0 is no longer on my-corp.eu, 1 is no longer on my-corp.eu"},
		"the best yanked":   {func(x *pindex.Index) { x.Yank(native.Filename(), "bad") }, pure, "0 is yanked (bad)"},
		"wheels yanked":     {func(x *pindex.Index) { x.Yank(native.Filename(), "bad"); x.Yank(pure.Filename(), "") }, archive, "0 is yanked (bad), 1 is yanked (yanked)"},
		"all yanked": {func(x *pindex.Index) {
			for _, d := range all {
				x.Yank(d.Filename(), "bad")
			}
		}, native, ""},
		"gone, the others yanked": {func(x *pindex.Index) {
			x.Remove(native.Filename())
			x.Yank(pure.Filename(), "bad")
			x.Yank(archive.Filename(), "bad")
		}, pure, "0 is no longer on my-corp.eu"},
		"yanked, another gone": {func(x *pindex.Index) { x.Yank(native.Filename(), "bad"); x.Remove(pure.Filename()) }, archive, "0 is yanked (bad), 1 is no longer on my-corp.eu"},
		"another hash":         {func(x *pindex.Index) { x.Claim(native.Filename(), strings.Repeat("ab", 32)) }, pure, "0 has another hash on my-corp.eu than in the lock"},
		"all gone": {func(x *pindex.Index) {
			for _, d := range all {
				x.Remove(d.Filename())
			}
			x.Add(pindex.Wheel{Name: "delta", Version: "2.0"})
		}, nil, ""},
	} {
		for form, o := range map[string]pindex.Options{"JSON": {}, "HTML": {HTML: true}, "a single page": {}} {
			t.Run(name+" "+form, func(t *testing.T) {
				x, index := serve(t, o, all...)
				if form == "a single page" {
					index.URL = strings.TrimSuffix(index.URL, "simple/") + "links.html"
				}
				c.change(x)
				options := patient(t)
				for range 2 { // the second time from memory
					x.Reset()
					got, err := locate(t, index, choiceOf(all...), options)
					if c.want == nil {
						p := problems(t, err)
						if len(p) != 1 || p[0].File != native.Filename() || !strings.Contains(p[0].Message, "and neither are the 2 other files of the lock that fit") {
							t.Errorf("%+v", p)
						}
						continue
					}
					if err != nil || len(got) != 1 || got[0].SHA256 != pindex.SHA256(c.want) || !strings.HasSuffix(got[0].URL, c.want.Filename()) {
						t.Fatalf("%+v, %v", got, err)
					}
					var passed []string
					for _, p := range got[0].Instead {
						for i, d := range all {
							if p.Name == d.Filename() && p.SHA256 == pindex.SHA256(d) {
								passed = append(passed, fmt.Sprintf("%d %s", i, p.Why))
							}
						}
					}
					if diff := cmp.Diff(c.passed, strings.Join(passed, ", ")); diff != "" {
						t.Error(diff)
					}
				}
				if c.want != nil && len(pages(x)) > 0 {
					t.Errorf("what is remembered was asked: %q", x.Requests())
				}
			})
		}
	}
}

// A page that is cut must not make a build take another file: HTML without its end is asked
// for again, and a page of a proxy too.
func TestBrokenPages(t *testing.T) {
	files := choiceOf(native, pure)
	link := func(d pindex.Dist) string {
		return fmt.Sprintf(`<a href="/%s#sha256=%s">x</a>`, d.Filename(), pindex.SHA256(d))
	}
	good := "<!DOCTYPE html><html><body>" + link(pure) + link(native) + "</body></html>"
	asJSON, _ := json.Marshal(map[string]any{"files": []map[string]any{
		{"filename": pure.Filename(), "url": "/x", "hashes": map[string]string{"sha256": pindex.SHA256(pure)}},
		{"filename": native.Filename(), "url": "/x", "hashes": map[string]string{"sha256": pindex.SHA256(native)}},
	}})
	for name, c := range map[string]struct{ contentType, broken, good string }{
		"cut HTML":          {"text/html", good[:len(good)-len("</body></html>")-20], good},
		"cut in the middle": {"text/html", "<html><body>" + link(pure), good},
		"cut at the start":  {"text/html", "<!DOCTYPE html><html><bo", good},
		"a proxy's page":    {"text/html", "<html><body><a href='/login'>Sign in</a></body></html>", good},
		"nothing":           {"text/html", "", good},
		"cut JSON":          {"application/json", string(asJSON[:len(asJSON)-30]), string(asJSON)},
		"JSON of a proxy":   {"application/json", "<html>busy</html>", string(asJSON)},
		"empty JSON":        {"application/json", "", string(asJSON)},
	} {
		for _, times := range []int{1, 2} {
			var asked atomic.Int32
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", c.contentType)
				text := c.broken
				if int(asked.Add(1)) > times {
					text = c.good
				}
				fmt.Fprint(w, text)
			}))
			got, err := locate(t, step.Index{Name: "corp", URL: s.URL}, files, quick())
			if err != nil || len(got) != 1 || got[0].Name != native.Filename() || int(asked.Load()) != times+1 {
				t.Errorf("%s, %d times: asked %d times, %+v, %v", name, times, asked.Load(), got, err)
			}
			s.Close()
		}
	}
}

// HTML that never ends is still HTML, and an index may have no file of a package.
func TestOddPages(t *testing.T) {
	files := choiceOf(native, pure)
	open := fmt.Sprintf(`<html><body><a href="/%s#sha256=%s">x</a>`, pure.Filename(), pindex.SHA256(pure))
	text := open
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, text)
	}))
	defer s.Close()
	index := step.Index{Name: "corp", URL: s.URL}
	got, err := locate(t, index, files, quick())
	if err != nil || got[0].Name != pure.Filename() {
		t.Errorf("%+v, %v", got, err)
	}
	text = "<html><body><a href='/login'>Sign in</a></body></html>"
	_, err = locate(t, index, files, quick())
	p := problems(t, err)
	if len(p) != 1 || p[0].Kind != step.NotFound || !strings.Contains(p[0].Message, "has no files of delta at all") || !strings.Contains(p[0].Hint, "proxy") || strings.Contains(p[0].Hint, "poetry lock") {
		t.Errorf("%+v", p)
	}
}

// A doubtful page does not replace what an earlier build was told.
func TestDoubtfulPageLater(t *testing.T) {
	x, index := serve(t, pindex.Options{HTML: true}, native, pure)
	o := patient(t)
	want, err := locate(t, index, choiceOf(native, pure), o)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "<html>Sign in</html>") }))
	defer proxy.Close()
	x.Fail("/simple/delta/", pindex.Fault{Redirect: proxy.URL})
	grown(t, o, 2*o.Fresh)
	got, err := locate(t, index, choiceOf(native, pure), o)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
}

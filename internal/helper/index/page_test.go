package index

import (
	"bufio"
	"bytes"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/internal/address"
	"github.com/quatrain-build/quatrain/internal/step"
)

var at = &url.URL{Scheme: "https", Host: "corp.example", Path: "/simple/demo/"}

func TestParsePage(t *testing.T) {
	sum := strings.Repeat("0a", 32)
	for name, c := range map[string]struct {
		contentType, page string
		want              []link
	}{
		"JSON": {
			"application/vnd.pypi.simple.v1+json; charset=utf-8",
			`{"meta":{"api-version":"1.3"},"files":[
			{"filename":"a.whl","url":"https://files.example/a.whl","hashes":{"sha256":"` + strings.ToUpper(sum) + `"},"size":7,"yanked":false},
			{"filename":"b.whl","url":"../../b.whl","hashes":{},"yanked":true},
			{"filename":"c.whl","url":"/c.whl?token=1","hashes":{"md5":"x"},"yanked":" why "},
			{"filename":"d.whl","url":"https://me:hunter2@files.example/d.whl","hashes":{},"yanked":null},
			{"filename":"e.whl","url":"file:///etc/passwd","hashes":{}},
			{"filename":"f.whl","url":"","hashes":{}}]}`,
			[]link{
				{name: "a.whl", url: "https://files.example/a.whl", sha256: sum, size: 7},
				{name: "b.whl", url: "https://corp.example/b.whl", yanked: "yanked"},
				{name: "c.whl", url: "https://corp.example/c.whl?token=1", yanked: "why"},
				{name: "d.whl", url: "https://files.example/d.whl"},
			},
		},
		"HTML": {
			"text/html",
			`<!DOCTYPE html><A class=x HREF="../../packages/a%2Blocal.whl?v=1&amp;w=2#sha256=` + strings.ToUpper(sum) + `" data-requires-python="&gt;=3">a</A>
			<a href="b.whl#md5=abc" data-yanked>b</a><a href="c.whl" data-yanked="it &amp; that">c</a>
			<a name="top">no link</a><a href="javascript:x">no</a><!-- <a href="no.whl"> --><script>"<a href='no.whl'>"</script>`,
			[]link{
				{name: "a+local.whl", url: "https://corp.example/packages/a%2Blocal.whl?v=1&w=2", sha256: sum},
				{name: "b.whl", url: "https://corp.example/simple/demo/b.whl", yanked: "yanked"},
				{name: "c.whl", url: "https://corp.example/simple/demo/c.whl", yanked: "it & that"},
			},
		},
		"HTML with a base": {
			"application/vnd.pypi.simple.v1+html",
			`<head><base href="/mirror/"><base href="https://evil.example/"></head><a href="a.whl">a</a>`,
			[]link{{name: "a.whl", url: "https://corp.example/mirror/a.whl"}},
		},
		"no type":  {"", `<a href="/a.whl">a</a>`, []link{{name: "a.whl", url: "https://corp.example/a.whl"}}},
		"a portal": {"text/html", `<h1>Please log in</h1>`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parsePage(at, c.contentType, []byte(c.page), anything)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(link{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParsePageRefuses(t *testing.T) {
	for page, contentType := range map[string]string{
		`{"files": [`: "application/json",
		`{"meta": {"api-version": "2.0"}, "files": []}`:                   "application/json",
		`<meta name="pypi:repository-version" content="2.0"><a href="x">`: "text/html",
	} {
		if got, err := parsePage(at, contentType, []byte(page), anything); err == nil {
			t.Errorf("%s: read as %v", page, got)
		}
	}
}

// A name may be on a page twice, and the locked bytes under another name: the hash is what
// counts.
func TestMatch(t *testing.T) {
	f := locked(alpha)[0]
	other := strings.Repeat("00", 32)
	for name, c := range map[string]struct {
		links []link
		url   string
		gone  step.Kind
	}{
		"by hash, of two names": {[]link{{name: f.Name, url: "1", sha256: other}, {name: f.Name, url: "2", sha256: f.SHA256}}, "2", ""},
		"the other order":       {[]link{{name: f.Name, url: "2", sha256: f.SHA256}, {name: f.Name, url: "1", sha256: other}}, "2", ""},
		"another name":          {[]link{{name: "Alpha-1.0-py3-none-any.whl", url: "3", sha256: f.SHA256}}, "3", ""},
		"another name is worse": {[]link{{name: "x.whl", url: "3", sha256: f.SHA256}, {name: f.Name, url: "2", sha256: f.SHA256}}, "2", ""},
		"no hash":               {[]link{{name: f.Name, url: "4"}}, "4", ""},
		"no hash is better":     {[]link{{name: f.Name, url: "1", sha256: other}, {name: f.Name, url: "4"}}, "4", ""},
		"other hash":            {[]link{{name: f.Name, url: "1", sha256: other}}, "", step.HashMismatch},
		"nothing":               {nil, "", step.NotFound},
	} {
		if got := match(page{links: c.links}, f); got.URL != c.url || got.Gone != c.gone || got.Name != f.Name {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// No page makes the parsers panic, or leads anywhere but to a web address.
func FuzzParsePage(f *testing.F) {
	f.Add("application/json", []byte(`{"files":[{"filename":"a","url":"//[::1","hashes":{"sha256":""},"yanked":1}]}`))
	f.Add("text/html", []byte(`<base href="a:b"><a href="c#sha256=%zz" data-yanked>`))
	f.Fuzz(func(t *testing.T, contentType string, page []byte) {
		links, _ := parsePage(at, contentType, page, anything)
		for _, l := range links {
			u, err := url.Parse(l.url)
			if err != nil || !address.IsHTTP(u) || u.User != nil {
				t.Errorf("%q: %v", l.url, err)
			}
		}
	})
}

func anything(string, string) bool { return true }

// parsePage returns the links of a page.
func parsePage(at *url.URL, contentType string, data []byte, isWanted wanted) ([]link, error) {
	p, err := readLinks(at, contentType, bufio.NewReader(bytes.NewReader(data)), isWanted)
	return p.links, err
}

// What nobody wants is counted and left out; a file is wanted by its name or its hash.
func TestReadLinksWanted(t *testing.T) {
	isWanted := func(name, sum string) bool { return name == "b.whl" || sum == "cc" }
	for contentType, text := range map[string]string{
		"application/json": `{"files": [{"filename": "a.whl", "url": "/a.whl"}, {"filename": "b.whl", "url": "/b.whl"}, {"filename": "c.whl", "url": "/c.whl", "hashes": {"sha256": "CC"}}]}`,
		"text/html":        `<a href="/a.whl">a</a><a href="/b.whl">b</a><a href="/c.whl#sha256=CC">c</a><a href="/help">h</a>`,
	} {
		got, err := readLinks(at, contentType, bufio.NewReader(strings.NewReader(text)), isWanted)
		want := []link{{name: "b.whl", url: "https://corp.example/b.whl"}, {name: "c.whl", url: "https://corp.example/c.whl", sha256: "cc"}}
		if diff := cmp.Diff(want, got.links, cmp.AllowUnexported(link{})); err != nil || diff != "" || got.files != 3 {
			t.Errorf("%s: %v, %d files, %s", contentType, err, got.files, diff)
		}
	}
}

package index

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/step"
)

// repeat is a long text without the memory for it.
type repeat struct {
	text string
	n, i int
}

func (r *repeat) Read(p []byte) (int, error) {
	if r.n == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.text[r.i:])
	if r.i += n; r.i == len(r.text) {
		r.i, r.n = 0, r.n-1
	}
	return n, nil
}

func long(before, text string, n int, after string) io.Reader {
	return io.MultiReader(strings.NewReader(before), &repeat{text: text, n: n}, strings.NewReader(after))
}

// What a page may have is bounded: links, the length of a tag, the depth of JSON.
func TestBoundsOfPages(t *testing.T) {
	nobody := func(string, string) bool { return false }
	for name, c := range map[string]struct {
		contentType string
		body        io.Reader
		says        string // "" for a page that can be read
	}{
		"HTML links":          {"text/html", long("<html>", `<a href="x">`, maxLinks, "</html>"), ""},
		"more HTML links":     {"text/html", long("<html>", `<a href="x">`, maxLinks+1, "</html>"), "more than 1048576 links"},
		"JSON files":          {"application/json", long(`{"files":[{}`, `,{}`, maxLinks-1, "]}"), ""},
		"more JSON files":     {"application/json", long(`{"files":[{}`, `,{}`, maxLinks, "]}"), "more than 1048576 links"},
		"a long tag":          {"text/html", long(`<a href="`, "x", maxTag+1, `">`), "max buffer exceeded"},
		"JSON in the unknown": {"application/json", long(`{"other":`, "[", 20000, "}"), "exceeded max depth"},
		"JSON in a file":      {"application/json", long(`{"files":[{"yanked":`, "[", 20000, "}]}"), "exceeded max depth"},
		"JSON in the files":   {"application/json", long(`{"files":`, "[", 20000, "}"), "exceeded max depth"},
		"deep HTML":           {"text/html", long("<html>", "<div>", 1<<20, "</html>"), ""},
	} {
		_, err := readLinks(at, c.contentType, bufio.NewReader(c.body), nobody)
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}

// A page has a size, unpacked.
func TestLargePages(t *testing.T) {
	for name, packed := range map[string]bool{"plain": false, "packed": true} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			var to io.Writer = w
			if packed {
				w.Header().Set("Content-Encoding", "gzip")
				z := gzip.NewWriter(w)
				defer z.Close()
				to = z
			}
			io.Copy(to, long("<html>", strings.Repeat(" ", 1<<20-3)+"<p>", maxPage>>20+1, "</html>"))
		}))
		_, err := locate(t, step.Index{Name: "corp", URL: s.URL}, locked(alpha), quick())
		if p := problems(t, err); len(p) != 1 || p[0].Kind != step.Failed || !strings.Contains(p[0].Message, "has more than 67108864 bytes") {
			t.Errorf("%s: %+v", name, p)
		}
		s.Close()
	}
}

// Pages are read in the character set that they have.
func TestCharsets(t *testing.T) {
	utf16 := func(text string) string {
		b := []byte{0xff, 0xfe}
		for _, r := range text {
			b = append(b, byte(r), byte(r>>8))
		}
		return string(b)
	}
	page := `<a href="a.whl" data-yanked="%s">a</a>`
	for name, c := range map[string]struct{ contentType, page string }{
		"UTF-8":             {"text/html; charset=utf-8", fmt.Sprintf(page, "größer")},
		"UTF-8, not said":   {"text/html", fmt.Sprintf(page, "größer")},
		"UTF-8 with a mark": {"text/html", "\uFEFF" + fmt.Sprintf(page, "größer")},
		"Latin-1":           {"text/html; charset=ISO-8859-1", fmt.Sprintf(page, "gr\xf6\xdfer")},
		"Latin-1 in <meta>": {"text/html", `<meta charset="latin1">` + fmt.Sprintf(page, "gr\xf6\xdfer")},
		"UTF-16":            {"text/html", utf16(fmt.Sprintf(page, "größer"))},
		"an unknown one":    {"text/html; charset=none", fmt.Sprintf(page, "größer")},
		"JSON with a mark":  {"application/json", "\uFEFF" + `{"files": [{"filename": "a.whl", "url": "a.whl", "yanked": "größer"}]}`},
	} {
		got, err := parsePage(at, c.contentType, []byte(c.page), anything)
		if err != nil || len(got) != 1 || got[0].yanked != "größer" || got[0].name != "a.whl" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// Hashes, names and addresses as servers write them.
func TestLinks(t *testing.T) {
	sum := strings.Repeat("0a", 32)
	for href, want := range map[string]link{
		"a.whl#sha256=" + sum:                       {name: "a.whl", sha256: sum},
		"a.whl#md5=x&sha256=" + sum:                 {name: "a.whl", sha256: sum},
		"a.whl#sha256=" + sum + "&egg=a":            {name: "a.whl", sha256: sum},
		"a.whl#egg=a&amp;sha256=" + sum:             {name: "a.whl", sha256: sum},
		"a.whl#sha512=00":                           {name: "a.whl"},
		"a.whl#sha256=" + strings.ToUpper(sum):      {name: "a.whl", sha256: sum},
		"a.whl#sha256=00&sha256=" + sum:             {name: "a.whl", sha256: "00"},
		"../x/a%2Bcpu.whl#sha256=" + sum:            {name: "a+cpu.whl", sha256: sum},
		"a+cpu.whl":                                 {name: "a+cpu.whl"},
		"a%20b.whl":                                 {name: "a b.whl"},
		"a b.whl":                                   {name: "a b.whl"},
		"dir%2Fa.whl":                               {name: "dir/a.whl"},
		"a.whl/":                                    {name: "a.whl"},
		"a.whl?x=/b.whl#sha256=" + sum:              {name: "a.whl", sha256: sum},
		" \n a.w\nhl\t":                             {name: "a.whl"},
		"//files.example/a.whl":                     {name: "a.whl"},
		"HTTPS://FILES.example/a.whl":               {name: "a.whl"},
		"a.whl&quot; data-yanked=&quot;x":           {name: `a.whl" data-yanked="x`},
		"https://me:pw@files.example/a.whl#md5=abc": {name: "a.whl"},
	} {
		got, err := parsePage(at, "text/html", []byte(`<a data-requires-python="&gt;=3" href="`+href+`">t</a>`), anything)
		if err != nil || len(got) != 1 || got[0].name != want.name || got[0].sha256 != want.sha256 || strings.Contains(got[0].url, "pw@") {
			t.Errorf("%q: %+v, %v", href, got, err)
		}
	}
	for _, href := range []string{"", "javascript:x.whl", "file:///a.whl", "ftp://x/a.whl", "data:a.whl", "http:///a.whl", "a%zz.whl", "http://[::1/a.whl"} {
		if got, _ := parsePage(at, "text/html", []byte(`<a href="`+href+`">t</a>`), anything); len(got) > 0 {
			t.Errorf("%q: %+v", href, got)
		}
	}
}

// One odd file does not hide the others.
func TestOddJSON(t *testing.T) {
	good := `{"filename": "b.whl", "url": "/b.whl"}`
	for _, odd := range []string{
		"null", "7", `"text"`, "[]", "{}", `{"filename": "a.whl", "url": "/a.whl", "size": 1e30}`, `{"filename": "a.whl", "url": "/a.whl", "size": -5}`,
		`{"filename": "a.whl", "url": "/a.whl", "size": null}`, `{"filename": "a.whl", "url": "/a.whl", "hashes": []}`, `{"filename": "a.whl", "url": "/a.whl", "yanked": []}`,
		`{"filename": "a.whl", "url": 7}`, `{"filename": ["a.whl"], "url": "/a.whl"}`,
	} {
		got, err := parsePage(at, "application/json", []byte(`{"files": [`+odd+`, `+good+`], "versions": [1, {"x": []}]}`), func(name, _ string) bool { return name == "a.whl" || name == "b.whl" })
		if err != nil || len(got) == 0 || got[len(got)-1].name != "b.whl" || got[0].size < 0 {
			t.Errorf("%s: %+v, %v", odd, got, err)
		}
	}
	for text, cut := range map[string]bool{`null`: false, `"text"`: false, `[]`: false, `{"files": 7}`: false, `{"files": [}`: false, `{"files": [`: true, `{`: true, ``: true, `{"files": [{"filename": "a`: true} {
		_, err := parsePage(at, "application/json", []byte(text), anything)
		if err == nil || errors.Is(err, io.ErrUnexpectedEOF) != cut {
			t.Errorf("%s: %v", text, err)
		}
	}
	if got, err := parsePage(at, "application/json", []byte(`{"files": null}`), anything); err != nil || len(got) > 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

// Reasons go to a terminal.
func TestReason(t *testing.T) {
	for in, want := range map[string]string{
		"": "yanked", " \n": "yanked", " it & that ": "it & that", "\x1b[2J\x1b]0;evil\a\nline": "[2J ]0;evil line",
		"größer \u202e": "größer", strings.Repeat("é", 400): strings.Repeat("é", maxReason) + "…",
	} {
		if got := reason(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

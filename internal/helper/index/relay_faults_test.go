package index

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// flaky is in front of an index and answers the first requests for a path badly.
type flaky struct {
	*httptest.Server
	asked atomic.Int32
}

func newFlaky(t *testing.T, x http.Handler, path string, times int, badly http.HandlerFunc) *flaky {
	t.Helper()
	f := &flaky{}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == path && int(f.asked.Add(1)) <= times {
			badly(w, r)
			return
		}
		x.ServeHTTP(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

func (f *flaky) index() step.Index { return step.Index{Name: "corp", URL: f.URL + "/simple/"} }

// say writes an answer to the connection itself, and ends it.
func say(answer string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		defer conn.Close()
		io.WriteString(conn, answer)
	}
}

// keepsNothing reports whether the relay's folder is empty after its answers.
func (r *Relay) keepsNothing(t *testing.T) bool {
	t.Helper()
	r.disk.Lock()
	defer r.disk.Unlock()
	entries, err := os.ReadDir(r.dir)
	if err != nil {
		t.Fatal(err)
	}
	return len(entries) == 0
}

// A download that comes broken is tried again before pip sees a byte of it, whatever the
// page says of its hash. One that is broken each time is reported as what it is.
func TestRelayBrokenDownloads(t *testing.T) {
	for _, d := range []pindex.Dist{alpha, gamma} {
		data := d.Bytes()
		half := string(data[:len(data)/2])
		swapped := bytes.Clone(data)
		for i := range swapped[:len(swapped)/2] {
			swapped[len(swapped)-1-i] ^= 0x55
		}
		for fault, c := range map[string]struct {
			answer string
			says   string // a part of it for each form of the page, joined by |
		}{
			"cut":                 {fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(data), half), "was cut off after"},
			"cut, no length":      {"HTTP/1.0 200 OK\r\n\r\n" + half, "was cut off after|is damaged"},
			"a cut chunk":         {fmt.Sprintf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", len(half), half), "was cut off after"},
			"nothing":             {"HTTP/1.0 200 OK\r\n\r\n", "was cut off after 0"},
			"a login page":        {"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<!DOCTYPE html><p>Log in", "returned a web page instead of the file"},
			"a page without type": {"HTTP/1.0 200 OK\r\n\r\n<html>busy", "returned a web page instead of the file"},
			"JSON":                {"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{}", "returned a web page instead of the file"},
			"no answer":           {"", "cannot be reached"},
			"503":                 {"HTTP/1.0 503 Busy\r\n\r\n", "503"},
			"a piece":             {"HTTP/1.0 206 Partial\r\n\r\n" + half, "206"},
			"damaged":             {"HTTP/1.0 200 OK\r\n\r\n" + string(swapped), "is damaged|was cut off after|the index says sha256"},
		} {
			for form, o := range map[string]pindex.Options{
				"JSON": {}, "HTML": {HTML: true}, "MD5": {MD5: true}, "no hashes": {WithoutHashes: true}, "neither hashes nor sizes": {WithoutHashes: true, WithoutSizes: true},
			} {
				for _, times := range []int{1, 100} {
					t.Run(fmt.Sprintf("%s %s %s %d", d.Filename(), fault, form, times), func(t *testing.T) {
						f := newFlaky(t, pindex.New(o, d), "/files/"+d.Filename(), times, say(c.answer))
						r, address := relayTo(t, f.index(), nil)
						status, body, resp, err := pip(t, linksAt(t, address+d.Project()+"/")[0].url)
						switch {
						case err != nil || !r.keepsNothing(t):
							t.Errorf("%v, or something is left on disk", err)
						case times == 1:
							if status != 200 || body != string(data) || resp.ContentLength != int64(len(data)) || r.Problem() != nil || f.asked.Load() != 2 {
								t.Errorf("asked %d times: %d, %d bytes, %v", f.asked.Load(), status, len(body), r.Problem())
							}
						case status != 403 || body != "" || r.Problem() == nil || r.Problem().File != d.Filename():
							t.Errorf("%d %q %v", status, body, r.Problem())
						default:
							said := false
							for says := range strings.SplitSeq(c.says, "|") {
								said = said || strings.Contains(r.Problem().Message, says)
							}
							if !said || strings.Contains(r.Problem().Message+r.Problem().Hint, "lock") {
								t.Errorf("%v, want %q", r.Problem(), c.says)
							}
						}
					})
				}
			}
		}
	}
}

// Archives that are odd and can be read are served as they are.
func TestRelayOddArchives(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write([]byte("data"))
	z.Close()
	for name, body := range map[string]string{
		"alpha-1.0-py3-none-any.whl":  "#!/bin/sh\n" + string(alpha.Bytes()), // what is before a zip archive is not part of it
		"alpha-1.0.tar.gz":            packed.String() + "more",
		"alpha-1.1.tgz":               packed.String() + packed.String(),
		"alpha-1.0.tar.xz":            "\xfd7zXZ",
		"alpha-1.0%2Blocal.tar.gz":    packed.String(),
		"alpha-1.0.zip?archive=whole": string(alpha.Bytes()),
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/simple/") {
				fmt.Fprintf(w, "<html><a href='/%s'>x</a></html>", name)
				return
			}
			if !strings.HasSuffix(name, ".whl") {
				w.Header().Set("Content-Type", "text/plain")
			}
			io.WriteString(w, body)
		}))
		r, address := relayTo(t, step.Index{Name: "corp", URL: s.URL + "/simple/"}, nil)
		if status, got, _, err := pip(t, linksAt(t, address+"alpha/")[0].url); status != 200 || got != body || err != nil {
			t.Errorf("%s: %d, %d bytes, %v, %v", name, status, len(got), err, r.Problem())
		}
		s.Close()
	}
}

// A wheel's metadata is a file like others: the page has its hash, and it is text.
func TestRelayMetadata(t *testing.T) {
	const text = "Metadata-Version: 2.1\nName: alpha\nVersion: 1.0\n"
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(text)))
	for form, page := range map[string][2]string{
		"PEP 714": {"application/json", `{"files": [{"filename": "x", "url": "/a.whl", "hashes": {"sha256": "` + sum + `"}, "size": 7, "core-metadata": {"sha256": "` + sum + `"}}]}`},
		"PEP 658": {"text/html", `<html><a href="/a.whl#sha256=00" data-dist-info-metadata="sha256=` + sum + `">x</a></html>`},
		"no hash": {"text/html", `<html><a href="/a.whl" data-core-metadata="true">x</a></html>`},
	} {
		for fault, broken := range map[string]string{
			"cut":          "HTTP/1.0 200 OK\r\n\r\nMetadata-Ver",
			"a login page": "HTTP/1.0 200 OK\r\n\r\n<html>",
			"nothing":      "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n",
		} {
			f := newFlaky(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", page[0])
				if r.URL.Path == "/a.whl.metadata" {
					io.WriteString(w, text)
					return
				}
				io.WriteString(w, page[1])
			}), "/a.whl.metadata", 1, say(broken))
			_, address := relayTo(t, f.index(), nil)
			status, got, _, err := pip(t, linksAt(t, address+"alpha/")[0].url+".metadata")
			if form == "no hash" && fault == "cut" { // nobody can tell
				continue
			}
			if status != 200 || got != text || err != nil {
				t.Errorf("%s, %s: %d %q %v", form, fault, status, got, err)
			}
		}
	}
}

// A page that was cut, or is a proxy's, is asked for again. One without files that comes
// twice is the index's answer.
func TestRelayBrokenPages(t *testing.T) {
	page := fmt.Sprintf("<html><body><a href='/files/%s#sha256=%s'>x</a></body></html>", alpha.Filename(), pindex.SHA256(alpha))
	for fault, broken := range map[string]string{
		"cut, no length": "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + page[:len(page)-20],
		"a login page":   "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<html>Log in</html>",
		"cut JSON":       "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{\"files\": [",
		"no JSON":        "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n<html>Log in</html>",
		"cut":            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4000\r\n\r\n" + page,
		"no answer":      "",
	} {
		f := newFlaky(t, pindex.New(pindex.Options{HTML: true}, alpha), "/simple/alpha/", 1, say(broken))
		r, address := relayTo(t, f.index(), nil)
		if links := linksAt(t, address+"alpha/"); len(links) != 1 || r.Problem() != nil || r.Unanswered() != nil || f.asked.Load() != 2 {
			t.Errorf("%s: asked %d times: %v, %v", fault, f.asked.Load(), links, r.Problem())
		}
	}
	f := newFlaky(t, nil, "/simple/alpha/", 100, say("HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<html>nothing of alpha</html>"))
	r, address := relayTo(t, f.index(), nil)
	if links := linksAt(t, address+"alpha/"); len(links) != 0 || f.asked.Load() != 2 || r.Unanswered() != nil {
		t.Errorf("asked %d times: %v, %v", f.asked.Load(), links, r.Unanswered())
	}
}

// A part of a file is served too.
func TestRelayRange(t *testing.T) {
	_, index := serve(t, pindex.Options{}, alpha)
	_, address := relayTo(t, index, nil)
	req, _ := http.NewRequest(http.MethodGet, linksAt(t, address+"alpha/")[0].url, nil)
	req.Header.Set("Range", "bytes=10-")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got, err := io.ReadAll(resp.Body); resp.StatusCode != 206 || string(got) != string(alpha.Bytes()[10:]) || err != nil {
		t.Errorf("%d, %d bytes, %v", resp.StatusCode, len(got), err)
	}
}

// Whoever waits for a large file hears that it is on its way, and a relay that ends takes
// what is half done with it.
func TestRelayWaits(t *testing.T) {
	x := pindex.New(pindex.Options{}, alpha)
	reached, release := make(chan struct{}), make(chan struct{})
	f := newFlaky(t, x, "/files/"+alpha.Filename(), 1, func(w http.ResponseWriter, r *http.Request) {
		w.Write(alpha.Bytes()[:10])
		w.(http.Flusher).Flush()
		close(reached)
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	r, address := relayTo(t, f.index(), nil)
	r.pulse = time.Millisecond
	heard := make(chan struct{}, 1)
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{Got1xxResponse: func(code int, _ textproto.MIMEHeader) error {
		select {
		case heard <- struct{}{}:
		default:
		}
		return nil
	}})
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, linksAt(t, address+"alpha/")[0].url, nil)
	failed := make(chan error, 1)
	go func() {
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			resp.Body.Close()
		}
		failed <- err
	}()
	<-reached
	<-heard
	if entries, err := os.ReadDir(r.dir); err != nil || len(entries) != 1 {
		t.Errorf("on disk: %v, %v", entries, err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(r.dir); !os.IsNotExist(err) {
		t.Errorf("what the relay had on disk: %v", err)
	}
	if err := <-failed; err == nil {
		t.Error("a relay that has ended answers")
	}
	close(release)
}

// Whoever waits for a page hears that too.
func TestRelayWaitsForPages(t *testing.T) {
	release := make(chan struct{})
	f := newFlaky(t, pindex.New(pindex.Options{}, alpha), "/simple/alpha/", 1, func(w http.ResponseWriter, r *http.Request) {
		<-release
		http.Error(w, "busy", http.StatusServiceUnavailable)
	})
	r, address := relayTo(t, f.index(), nil)
	r.pulse = time.Millisecond
	heard := sync.OnceFunc(func() { close(release) })
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{Got1xxResponse: func(int, textproto.MIMEHeader) error {
		heard()
		return nil
	}})
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, address+"alpha/", nil)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if data, err := io.ReadAll(resp.Body); resp.StatusCode != 200 || !strings.Contains(string(data), alpha.Filename()) || err != nil {
		t.Errorf("%d %v", resp.StatusCode, err)
	}
}

// A disk that cannot be written to is named.
func TestRelayWithoutDisk(t *testing.T) {
	_, index := serve(t, pindex.Options{}, alpha)
	r, address := relayTo(t, index, nil)
	if err := os.Remove(r.dir); err != nil {
		t.Fatal(err)
	}
	if status, _, _, _ := pip(t, linksAt(t, address+"alpha/")[0].url); status != 403 || r.Problem() == nil || r.Problem().Message != "a download cannot be kept: no such file or directory" {
		t.Errorf("%d %v", status, r.Problem())
	}
}

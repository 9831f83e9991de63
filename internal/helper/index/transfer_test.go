package index

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// raw is a server that writes what it wants to a connection. n counts the requests.
func raw(t *testing.T, answer func(n int, c net.Conn)) (url string, asked *atomic.Int32) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	asked = new(atomic.Int32)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			n := int(asked.Add(1))
			go func() {
				defer c.Close()
				if _, err := c.Read(make([]byte, 4096)); err == nil {
					answer(n, c)
				}
			}()
		}
	}()
	return "http://" + l.Addr().String(), asked
}

// whole answers with a file and its length.
func whole(c net.Conn, data []byte) {
	fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", len(data), data)
}

// A download that comes broken is tried again. One that comes broken each time is told as
// what it is, and nobody is told to lock other hashes.
func TestBrokenDownloads(t *testing.T) {
	data := alpha.Bytes()
	half := data[:len(data)/2]
	sdist := gamma.Bytes()
	page := func(c net.Conn, kind, text string) {
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", kind, len(text), text)
	}
	for name, broken := range map[string]struct {
		dist pindex.Dist
		do   func(c net.Conn)
		says string
	}{
		"cut, HTTP/1.0": {alpha, func(c net.Conn) { fmt.Fprintf(c, "HTTP/1.0 200 OK\r\n\r\n%s", half) }, fmt.Sprintf("was cut off after %d bytes", len(half))},
		"cut, no length": {alpha, func(c net.Conn) {
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n%s", half)
		}, fmt.Sprintf("was cut off after %d bytes", len(half))},
		"an sdist, cut": {gamma, func(c net.Conn) {
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n%s", sdist[:len(sdist)/2])
		}, fmt.Sprintf("was cut off after %d bytes", len(sdist)/2)},
		"nothing, no length": {alpha, func(c net.Conn) { fmt.Fprint(c, "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n") }, "was cut off after 0 bytes"},
		"an sdist, nothing":  {gamma, func(c net.Conn) { fmt.Fprint(c, "HTTP/1.0 200 OK\r\n\r\n") }, "was cut off after 0 bytes"},
		"a piece, unasked": {alpha, func(c net.Conn) {
			fmt.Fprintf(c, "HTTP/1.1 206 Partial Content\r\nConnection: close\r\nContent-Range: bytes 0-9/%d\r\nContent-Length: 10\r\n\r\n%s", len(data), data[:10])
		}, "answers 206 Partial Content"},
		"a length that is too long": {alpha, func(c net.Conn) {
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", len(data)+1, data)
		}, fmt.Sprintf("was cut off after %d of %d bytes", len(data), len(data)+1)},
		"a length that is too short": {alpha, func(c net.Conn) {
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", len(half), data)
		}, fmt.Sprintf("was cut off after %d bytes", len(half))},
		"cut, with a length": {alpha, func(c net.Conn) {
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(data), half)
		}, fmt.Sprintf("was cut off after %d of %d bytes", len(half), len(data))},
		"cut chunk": {alpha, func(c net.Conn) {
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", len(half), half)
		}, fmt.Sprintf("was cut off after %d bytes", len(half))},
		"reset": {alpha, func(c net.Conn) { c.(*net.TCPConn).SetLinger(0) }, "cannot be reached"},
		"HTML":  {alpha, func(c net.Conn) { page(c, "text/html", "<html>busy, try again</html>") }, "returned a web page instead of the file"},
		"HTML that says it is a file": {alpha, func(c net.Conn) {
			page(c, "application/octet-stream", "\n <!DOCTYPE html><title>Sign in</title>")
		}, "returned a web page instead of the file"},
		"JSON":           {alpha, func(c net.Conn) { page(c, "application/octet-stream", `{"error": "busy"}`) }, "returned a web page instead of the file"},
		"XML":            {alpha, func(c net.Conn) { page(c, "application/xml", `<?xml version="1.0"?><Error/>`) }, "returned a web page instead of the file"},
		"plain text":     {alpha, func(c net.Conn) { page(c, "text/plain", "busy") }, "returned a web page instead of the file"},
		"a page, sdist":  {gamma, func(c net.Conn) { page(c, "text/html", "<p>busy") }, "returned a web page instead of the file"},
		"no HTTP at all": {alpha, func(c net.Conn) { fmt.Fprint(c, "220 ready\r\n") }, "cannot be reached"},
	} {
		t.Run(name, func(t *testing.T) {
			good := broken.dist.Bytes()
			for _, times := range []int{1, 2, 100} {
				url, asked := raw(t, func(n int, c net.Conn) {
					if n <= times {
						broken.do(c)
						return
					}
					whole(c, good)
				})
				f := locked(broken.dist)[0]
				f.URL = url + "/" + f.Name
				_, err := fetch(t, step.Index{Name: "corp", URL: url}, []step.File{f}, quick())
				if times < 3 {
					if err != nil || int(asked.Load()) != times+1 {
						t.Errorf("broken %d times: asked %d times, %v", times, asked.Load(), err)
					}
					continue
				}
				p := problems(t, err)
				if len(p) != 1 || p[0].Kind != step.Unreachable || !strings.Contains(p[0].Message, broken.says) || strings.Contains(p[0].Hint, "poetry lock") {
					t.Errorf("%+v, want %q", p, broken.says)
				}
				if asked.Load() != 3 || !strings.Contains(p[0].Message, "(tried 3 times)") {
					t.Errorf("asked %d times: %s", asked.Load(), p[0].Message)
				}
			}
		})
	}
}

// A server or proxy may compress what it was asked not to, or call an archive compressed
// that is. Either way it is the file.
func TestContentEncoding(t *testing.T) {
	for _, d := range []pindex.Dist{alpha, gamma} {
		for name, c := range map[string]struct {
			body []byte
			says string // "": it is the file
		}{
			"compressed":     {compressed(d.Bytes()), ""},
			"only called so": {d.Bytes(), ""},
			"twice":          {compressed(compressed(d.Bytes())), "was cut off|the lock says"},
			"another file":   {compressed(otherBytesOf(d)), "the lock says"},
			"a page":         {compressed([]byte("<html>busy")), "returned a web page instead of the file"},
			"cut":            {compressed(d.Bytes())[:100], "was cut off|the lock says"},
		} {
			for _, unlocked := range []bool{false, true} {
				s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if strings.HasPrefix(r.URL.Path, "/simple/") {
						fmt.Fprintf(w, "<html><a href='/%s'>x</a></html>", d.Filename())
						return
					}
					w.Header().Set("Content-Encoding", "gzip")
					w.Write(c.body)
				}))
				index := step.Index{Name: "corp", URL: s.URL + "/simple/"}
				if unlocked {
					_, address := relayTo(t, index, nil)
					status, body, _, _ := pip(t, linksAt(t, address+"x/")[0].url)
					if c.says == "" && (status != 200 || body != string(d.Bytes())) {
						t.Errorf("%s, %s: %d", d.Filename(), name, status)
					}
					s.Close()
					continue
				}
				out, err := fetch(t, index, locked(d), quick())
				entries, _ := os.ReadDir(filepath.Join(out, pindex.SHA256(d)))
				if (err == nil) != (c.says == "") || (err == nil) != (len(entries) == 1) {
					t.Errorf("%s, %s: %v, %v", d.Filename(), name, err, entries)
				}
				if err != nil && !slices.ContainsFunc(strings.Split(c.says, "|"), func(s string) bool { return strings.Contains(err.Error(), s) }) {
					t.Errorf("%s, %s: %v", d.Filename(), name, err)
				}
				s.Close()
			}
		}
	}
}

func compressed(data []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(data)
	z.Close()
	return b.Bytes()
}

// The size that the index gives tells a cut file from another one, whatever is in it.
func TestSizeOfTheIndex(t *testing.T) {
	x, index := serve(t, pindex.Options{}, alpha)
	for name, c := range map[string]struct {
		body []byte
		says string
		kind step.Kind
	}{
		"shorter": {alpha.Bytes()[:100], fmt.Sprintf("was cut off after 100 of %d bytes", len(alpha.Bytes())), step.Unreachable},
		"longer":  {append(bytes.Clone(alpha.Bytes()), 0), fmt.Sprintf(" bytes, but the index says %d", len(alpha.Bytes())), step.Unreachable},
		"other":   {otherBytesOf(alpha), "and so does the index", step.HashMismatch},
	} {
		x.Fail(alphaFile, pindex.Fault{Body: c.body})
		_, err := fetch(t, index, locked(alpha), quick())
		p := problems(t, err)
		if len(p) != 1 || p[0].Kind != c.kind || !strings.Contains(p[0].Message, c.says) || strings.Contains(p[0].Hint, "poetry lock") {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

// The lock is in doubt only where a whole file came twice, and the index does not
// contradict it.
func TestLockInDoubt(t *testing.T) {
	x, index := serve(t, pindex.Options{WithoutHashes: true}, alpha)
	x.Fail(alphaFile, pindex.Fault{Body: otherBytesOf(alpha), Times: 1})
	if _, err := fetch(t, index, locked(alpha), quick()); err != nil {
		t.Errorf("other bytes once: %v", err)
	}
	x.Reset()
	x.Fail(alphaFile, pindex.Fault{Body: otherBytesOf(alpha)})
	_, err := fetch(t, index, locked(alpha), quick())
	if p := problems(t, err); len(p) != 1 || p[0].Kind != step.HashMismatch || !strings.Contains(p[0].Hint, "poetry lock") || x.Count(alphaFile) != 2 {
		t.Errorf("asked %d times: %+v", x.Count(alphaFile), p)
	}
}

// Bytes that differ at each try are no other file.
func TestEachTimeOtherBytes(t *testing.T) {
	url, asked := raw(t, func(n int, c net.Conn) {
		data := bytes.Clone(alpha.Bytes())
		data[len(data)/2] ^= byte(n)
		whole(c, data)
	})
	f := locked(alpha)[0]
	f.URL = url + "/" + f.Name
	_, err := fetch(t, step.Index{Name: "corp", URL: url}, []step.File{f}, quick())
	if p := problems(t, err); len(p) != 1 || p[0].Kind != step.HashMismatch || strings.Contains(p[0].Hint, "poetry lock") || asked.Load() != 3 {
		t.Errorf("asked %d times: %+v", asked.Load(), p)
	}
}

// drip sends a byte now and then, for as long as somebody reads.
func drip(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Length", "1000000")
	for r.Context().Err() == nil {
		if _, err := w.Write([]byte("x")); err != nil {
			return
		}
		w.(http.Flusher).Flush()
		select {
		case <-r.Context().Done():
		case <-time.After(time.Millisecond):
		}
	}
}

// A body that drips never stalls. It is given up, and asked for again.
func TestDrips(t *testing.T) {
	x := pindex.New(pindex.Options{}, alpha)
	var drips atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if drips.Add(-1) >= 0 {
			drip(w, r)
			return
		}
		x.ServeHTTP(w, r)
	}))
	defer s.Close()
	o := quick()
	o.Stall, o.Window, o.Least = time.Minute, 30*time.Millisecond, 1<<20
	index := step.Index{Name: "corp", URL: s.URL + "/simple/"}
	drips.Store(1) // the page
	if _, err := locate(t, index, locked(alpha), o); err != nil {
		t.Error(err)
	}
	f := locked(alpha)[0]
	f.URL = s.URL + alphaFile
	drips.Store(2) // the file
	if _, err := fetch(t, index, []step.File{f}, o); err != nil {
		t.Error(err)
	}
	drips.Store(100)
	_, err := fetch(t, index, []step.File{f}, o)
	if p := problems(t, err); len(p) != 1 || p[0].Kind != step.Unreachable || !strings.Contains(p[0].Message, "was too slow: ") {
		t.Errorf("%+v", p)
	}
}

// A page has a time, however lively it is.
func TestLongPage(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(drip))
	defer s.Close()
	o := quick()
	o.Page = 50 * time.Millisecond
	_, err := locate(t, step.Index{Name: "corp", URL: s.URL}, locked(alpha), o)
	if p := problems(t, err); len(p) != 1 || !strings.Contains(p[0].Message, "was not complete after 50ms (tried 3 times)") {
		t.Errorf("%+v", p)
	}
}

// What does not speak TLS is most often a proxy.
func TestNoTLS(t *testing.T) {
	for name, answer := range map[string]string{"HTTP": "HTTP/1.1 200 OK\r\n\r\n", "something": "220 ready\r\n"} {
		url, _ := raw(t, func(_ int, c net.Conn) { io.WriteString(c, answer) })
		_, err := locate(t, step.Index{Name: "corp", URL: strings.Replace(url, "http:", "https:", 1)}, locked(alpha), quick())
		if p := problems(t, err); len(p) != 1 || p[0].Kind != step.Unreachable || p[0].Hint != proxyPageHint {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

// A file that failed leaves nothing, whatever came.
func TestNothingIsLeft(t *testing.T) {
	url, _ := raw(t, func(_ int, c net.Conn) { whole(c, []byte("<html>")) })
	f := locked(alpha)[0]
	f.URL = url + "/" + f.Name
	out, err := fetch(t, step.Index{Name: "corp", URL: url}, []step.File{f}, quick())
	if entries, _ := os.ReadDir(out); err == nil || len(entries) > 0 {
		t.Errorf("%v, %v", err, entries)
	}
}

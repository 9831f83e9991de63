package index

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"

	"github.com/quatrain-build/quatrain/internal/step"
)

// notTheFile says what came in place of a file: most often less of it, or the page of a
// proxy, and another try brings the file. size is what came, sum its hash.
func notTheFile(resp *http.Response, f *os.File, size int64, sum string, a answer) error {
	switch {
	case size > 0 && isWebPage(f, resp.Header.Get("Content-Type"), a.Name):
		return &transient{message: "is answered by a web page in place of the file", hint: proxyPageHint}
	case a.Size > 0 && size < a.Size:
		return &transient{message: fmt.Sprintf("was cut after %d of %d bytes", size, a.Size), hint: cutHint}
	case a.Size > 0 && size > a.Size:
		return &transient{message: fmt.Sprintf("brought %d bytes, and the index says that the file has %d", size, a.Size), hint: proxyPageHint}
	case a.Size == 0 && !isWhole(f, size, a.Name):
		return &transient{message: fmt.Sprintf("was cut after %d bytes", size), hint: cutHint}
	}
	return &otherBytes{sum}
}

// otherBytes is a whole file with another hash than the locked one.
type otherBytes struct{ sum string }

func (o *otherBytes) Error() string { return "the hash is sha256:" + o.sum }

// transient is about the first time.
func (o *otherBytes) transient(a answer) error {
	return &transient{kind: step.HashMismatch, message: fmt.Sprintf("has the hash sha256:%s, the lock says sha256:%s", o.sum, a.SHA256), hint: "Try again."}
}

// problem is about a server that gives the same bytes each time. Only if the index does not
// contradict them can the lock be what is wrong.
func (o *otherBytes) problem(a answer) error {
	p := &step.Problem{
		Kind:    step.HashMismatch,
		Message: fmt.Sprintf("the downloaded %s has the hash sha256:%s, the lock says sha256:%s", a.Name, o.sum, a.SHA256),
		Hint:    "The file is not the one that was locked. If you trust the index, run `poetry lock`.",
	}
	if a.Sum == a.SHA256 {
		p.Message += ", and so does the index"
		p.Hint = "What lies at the address is damaged, or changed on its way: tell who runs the index, or a proxy before it."
	}
	return p
}

// isWebPage reports whether a page came in place of an archive: it begins as HTML, XML or
// JSON do, or the server says that it is one and it does not begin as the archive should.
func isWebPage(f io.ReaderAt, contentType, name string) bool {
	start := make([]byte, 512)
	n, _ := f.ReadAt(start, 0)
	start = start[:n]
	for _, magic := range magics(name) {
		if bytes.HasPrefix(start, magic) {
			return false
		}
	}
	text := bytes.TrimSpace(bytes.TrimPrefix(start, []byte(utf8BOM)))
	if bytes.HasPrefix(text, []byte("<")) || bytes.HasPrefix(text, []byte("{")) {
		return true
	}
	kind, _, _ := mime.ParseMediaType(contentType)
	return strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "json") || strings.HasSuffix(kind, "xml")
}

// magics returns what an archive of that name begins with.
func magics(name string) [][]byte {
	switch {
	case isZip(name):
		return [][]byte{[]byte("PK")}
	case isGzip(name):
		return [][]byte{{0x1f, 0x8b}}
	}
	return nil
}

func isZip(name string) bool {
	return strings.HasSuffix(name, ".whl") || strings.HasSuffix(name, ".zip")
}
func isGzip(name string) bool {
	return strings.HasSuffix(name, ".gz") || strings.HasSuffix(name, ".tgz")
}

// maxInflated bounds what isWhole unpacks of an sdist.
const maxInflated = 1 << 30

// isWhole reports whether an archive has its end, as far as that can be told.
func isWhole(f io.ReaderAt, size int64, name string) bool {
	switch {
	case isZip(name):
		const record = "PK\x05\x06" // the last record of a zip archive, with a comment of up to 64 KiB behind it
		tail := make([]byte, min(size, 22+1<<16))
		n, _ := f.ReadAt(tail, size-int64(len(tail)))
		return bytes.Contains(tail[:n], []byte(record))
	case isGzip(name):
		z, err := gzip.NewReader(io.NewSectionReader(f, 0, size))
		if err == nil {
			_, err = io.CopyN(io.Discard, z, maxInflated)
		}
		return !errors.Is(err, io.ErrUnexpectedEOF)
	}
	return true
}

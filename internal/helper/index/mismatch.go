package index

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/step"
)

// notTheFile says what came in place of a file: most often less of it, or the page of a
// proxy, and another try brings the file.
func (f *part) notTheFile(resp *http.Response, a answer) error {
	if err := f.cutOrReplaced(resp, a); err != nil {
		return err
	}
	return &otherBytes{f.sum}
}

// notWhole says why a file without a known hash is of no use, nil if nothing speaks
// against it.
func (f *part) notWhole(resp *http.Response, a answer) error {
	if err := f.cutOrReplaced(resp, a); err != nil {
		return err
	}
	if err := readable(f, f.size, a.Name); err != nil {
		return &transient{message: "is damaged: " + err.Error(), hint: cutHint}
	}
	return nil
}

// cutOrReplaced returns an error for what is not all of the file, or something else. The
// size, if it is known, is the index's.
func (f *part) cutOrReplaced(resp *http.Response, a answer) error {
	size := f.size
	switch {
	case size > 0 && f.isWebPage(resp.Header.Get("Content-Type"), a.Name):
		return &transient{message: "returned a web page instead of the file", hint: proxyPageHint}
	case a.Size > 0 && size < a.Size:
		return &transient{message: fmt.Sprintf("was cut off after %d of %d bytes", size, a.Size), hint: cutHint}
	case a.Size > 0 && size > a.Size:
		return &transient{message: fmt.Sprintf("has %d bytes, but the index says %d", size, a.Size), hint: proxyPageHint}
	case a.Size == 0 && !isWhole(f, size, a.Name):
		return &transient{message: fmt.Sprintf("was cut off after %d bytes", size), hint: cutHint}
	}
	return nil
}

// otherBytes is a whole file with another hash than it should have.
type otherBytes struct{ sum string }

func (o *otherBytes) Error() string { return "the hash is sha256:" + o.sum }

// transient returns the problem of a first wrong answer, which is tried again.
func (o *otherBytes) transient(a answer) error {
	return &transient{kind: step.HashMismatch, message: fmt.Sprintf("has the hash sha256:%s, %s says sha256:%s", o.sum, a.from(), a.SHA256), hint: "Try again."}
}

// problem returns the problem of a server that gives the same wrong bytes each time. The lock
// can be wrong only if the index does not contradict those bytes.
func (o *otherBytes) problem(a answer) error {
	p := &step.Problem{
		Kind:    step.HashMismatch,
		Message: fmt.Sprintf("the downloaded %s has the hash sha256:%s, %s says sha256:%s", a.Name, o.sum, a.from(), a.SHA256),
		Hint:    "The file is not the one that was locked. If you trust the index, run `poetry lock`.",
	}
	switch {
	case a.unlocked:
		p.Hint = damagedHint
	case a.Sum == a.SHA256:
		p.Message += ", and so does the index"
		p.Hint = damagedHint
	}
	return p
}

// from returns what a file's hash is from.
func (a answer) from() string {
	if a.unlocked {
		return "the index"
	}
	return "the lock"
}

const damagedHint = "The file is damaged, or was changed on the way. Tell whoever runs the index or the proxy in front of it."

// isWebPage reports whether a page came in place of an archive: it begins as HTML, XML or
// JSON do, or the server says that it is one and it does not begin as the archive should.
func (f *part) isWebPage(contentType, name string) bool {
	if f.begins(magics(name)) {
		return false
	}
	text := bytes.TrimSpace(bytes.TrimPrefix(f.start(), []byte(utf8BOM)))
	if bytes.HasPrefix(text, []byte("<")) || bytes.HasPrefix(text, []byte("{")) {
		return true
	}
	if isMetadata(name) { // text, as a page is
		return false
	}
	kind, _, _ := mime.ParseMediaType(contentType)
	return strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "json") || strings.HasSuffix(kind, "xml")
}

// begins reports whether the file has one of these beginnings.
func (f *part) begins(with [][]byte) bool {
	start := f.start()
	return slices.ContainsFunc(with, func(magic []byte) bool { return bytes.HasPrefix(start, magic) })
}

func (f *part) start() []byte {
	start := make([]byte, 512)
	n, _ := f.ReadAt(start, 0)
	return start[:n]
}

// magics returns what an archive of that name begins with.
func magics(name string) [][]byte {
	switch {
	case isZip(name):
		return [][]byte{[]byte("PK")}
	case isGzip(name):
		return [][]byte{{0x1f, 0x8b}}
	case isBzip2(name):
		return [][]byte{[]byte("BZh")}
	case strings.HasSuffix(name, ".xz"):
		return [][]byte{{0xfd, '7', 'z'}}
	}
	return nil
}

func isZip(name string) bool {
	return strings.HasSuffix(name, ".whl") || strings.HasSuffix(name, ".zip")
}
func isGzip(name string) bool {
	return strings.HasSuffix(name, ".gz") || strings.HasSuffix(name, ".tgz")
}
func isBzip2(name string) bool { return strings.HasSuffix(name, ".bz2") }

// isMetadata reports whether a file is the metadata beside a wheel (PEP 658).
func isMetadata(name string) bool { return strings.HasSuffix(name, ".whl.metadata") }

// maxInflated bounds what is unpacked of an sdist to see whether it is whole.
const maxInflated = 1 << 30

// isWhole reports whether an archive has its end, as far as that can be told.
func isWhole(f io.ReaderAt, size int64, name string) bool {
	switch {
	case size == 0:
		return false
	case isZip(name):
		const record = "PK\x05\x06" // the last record of a zip archive, with a comment of up to 64 KiB behind it
		tail := make([]byte, min(size, 22+1<<16))
		n, _ := f.ReadAt(tail, size-int64(len(tail)))
		return bytes.Contains(tail[:n], []byte(record))
	}
	return !errors.Is(readable(f, size, name), io.ErrUnexpectedEOF)
}

// readable returns why an archive cannot be read: the directory of a zip archive, the
// compression of another one up to its end. What follows the compressed data is nobody's
// business.
func readable(f io.ReaderAt, size int64, name string) error {
	whole := bufio.NewReader(io.NewSectionReader(f, 0, size))
	var plain io.Reader
	switch {
	case isZip(name):
		_, err := zip.NewReader(f, size)
		return err
	case isGzip(name):
		z, err := gzip.NewReader(whole)
		if err != nil {
			return err
		}
		z.Multistream(false)
		plain = z
	case isBzip2(name):
		plain = bzip2.NewReader(whole)
	default:
		return nil
	}
	_, err := io.CopyN(io.Discard, plain, maxInflated)
	if err == io.EOF {
		return nil
	}
	return err
}

package wheel

import (
	"archive/zip"
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"errors"
	"io"

	"github.com/ulikunitz/xz/lzma"
)

// Compression methods of zip archives. Nearly all wheels are deflated; some private
// indexes have smaller ones, which Poetry installs.
const (
	methodBzip2 = 12
	methodLZMA  = 14
)

func isKnown(method uint16) bool {
	return method == zip.Store || method == zip.Deflate || method == methodBzip2 || method == methodLZMA
}

// register adds what package zip does not have. It reads no more of an entry than the
// archive's list says.
func register(z *zip.Reader) {
	z.RegisterDecompressor(methodBzip2, func(r io.Reader) io.ReadCloser { return io.NopCloser(bzip2.NewReader(r)) })
	z.RegisterDecompressor(methodLZMA, func(r io.Reader) io.ReadCloser { return io.NopCloser(&lzmaReader{packed: r}) })
}

// maxDictionary bounds what is held in memory for each entry, in bytes. Python's zipfile
// writes half of it.
const maxDictionary = 16 << 20

var errLZMA = errors.New("LZMA: cannot read its properties")

// lzmaReader reads an entry compressed with LZMA (4.4.4 and 5.8.8 of PKWARE's APPNOTE):
// the version of the compressor in two bytes, the length of the properties in two, the
// properties, and data with a marker at their end. Python's zipfile writes them so.
type lzmaReader struct {
	packed io.Reader
	plain  io.Reader
}

// Read implements io.Reader.
func (l *lzmaReader) Read(b []byte) (int, error) {
	if l.plain == nil {
		plain, err := newLZMA(l.packed)
		if err != nil {
			return 0, err
		}
		l.plain = plain
	}
	return l.plain.Read(b)
}

// newLZMA gives the data the header of an .lzma file, which is what the library reads.
func newLZMA(packed io.Reader) (io.Reader, error) {
	var head [9]byte
	if _, err := io.ReadFull(packed, head[:]); err != nil {
		return nil, errLZMA
	}
	properties := head[4:]
	if binary.LittleEndian.Uint16(head[2:]) != uint16(len(properties)) || binary.LittleEndian.Uint32(properties[1:]) > maxDictionary {
		return nil, errLZMA
	}
	unknownSize := bytes.Repeat([]byte{0xff}, 8)
	return lzma.NewReader(io.MultiReader(bytes.NewReader(properties), bytes.NewReader(unknownSize), packed))
}

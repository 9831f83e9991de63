package wheel

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/binary"
	"io"
	"slices"
)

// localHeader is the length of what stands in front of an entry's data, without its
// name and extra field.
const localHeader = 30

// checkHeaders refuses entries that share bytes of the archive, as bombs do and Python
// does too, and an entry whose own header, in front of its data, has another name than
// the archive's list: which of the two counts depends on the reader. Each byte is read
// once at most.
func checkHeaders(archive io.ReaderAt, files []*zip.File, size int64) error {
	type place struct {
		file *zip.File
		data int64 // where its data begin
	}
	var places []place
	for _, f := range files {
		data, err := f.DataOffset()
		if err != nil {
			return bad("entry %q: %v", f.Name, err)
		}
		if data > size || f.CompressedSize64 > uint64(size-data) {
			return bad("entry %q: its data are cut off", f.Name)
		}
		places = append(places, place{f, data})
	}
	slices.SortStableFunc(places, func(a, b place) int { return cmp.Compare(a.data, b.data) })
	end := int64(0) // of the data before
	for _, p := range places {
		found, err := hasHeader(archive, p.file.Name, end, p.data)
		if err != nil {
			return err
		}
		if !found {
			return bad("entry %q: another name in its header, or another entry's data", p.file.Name)
		}
		end = p.data + int64(p.file.CompressedSize64)
	}
	return nil
}

// hasHeader reports whether an entry of that name has its header between the end of the
// data before it and its own. Package zip tells where the data begin only, and in front
// of them there is an extra field whose length the header itself says.
func hasHeader(archive io.ReaderAt, name string, from, data int64) (bool, error) {
	const usualExtra, maxExtra = 64, 1<<16 - 1
	for _, extra := range []int64{usualExtra, maxExtra} {
		start := max(from, data-localHeader-int64(len(name))-extra)
		if data-start < localHeader {
			return false, nil
		}
		b := make([]byte, data-start)
		if _, err := archive.ReadAt(b, start); err != nil && err != io.EOF {
			return false, err
		}
		if endsWithHeader(b, name) {
			return true, nil
		}
	}
	return false, nil
}

// endsWithHeader reports whether the header of an entry is the end of b.
func endsWithHeader(b []byte, name string) bool {
	for end := len(b); ; {
		i := bytes.LastIndex(b[:end], []byte("PK\x03\x04"))
		if i < 0 {
			return false
		}
		if h := b[i:]; len(h) >= localHeader {
			nameLen, extraLen := int(binary.LittleEndian.Uint16(h[26:])), int(binary.LittleEndian.Uint16(h[28:]))
			if len(h) == localHeader+nameLen+extraLen && string(h[localHeader:localHeader+nameLen]) == name {
				return true
			}
		}
		end = i
	}
}

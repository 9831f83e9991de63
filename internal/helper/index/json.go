package index

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
)

// parseJSON reads PEP 691, one file after the other: pages have thousands.
func parseJSON(at *url.URL, body *bufio.Reader, isWanted wanted) (p page, err error) {
	defer func() {
		if err == io.EOF { // in the middle of a value the decoder says so itself
			err = io.ErrUnexpectedEOF
		}
	}()
	if start, _ := body.Peek(len(utf8BOM)); string(start) == utf8BOM {
		body.Discard(len(utf8BOM))
	}
	d := json.NewDecoder(body)
	if err := expect(d, json.Delim('{')); err != nil {
		return p, err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return p, err
		}
		switch key {
		case "meta":
			err = checkMeta(d)
		case "files":
			err = p.readFiles(at, d, isWanted)
		default:
			err = decode(d, &json.RawMessage{})
		}
		if err != nil {
			return p, err
		}
	}
	return p, expect(d, json.Delim('}'))
}

func expect(d *json.Decoder, want json.Token) error {
	got, err := d.Token()
	if err == nil && got != want {
		err = formatError{fmt.Errorf("it has %v instead of %v", got, want)}
	}
	return err
}

// decode reads one value. A field of an unexpected type is passed over: only what is wrong
// with a wanted file matters.
func decode(d *json.Decoder, v any) error {
	err := d.Decode(v)
	var other *json.UnmarshalTypeError
	if errors.As(err, &other) {
		return nil
	}
	return err
}

func checkMeta(d *json.Decoder) error {
	var meta struct {
		Version string `json:"api-version"`
	}
	if err := decode(d, &meta); err != nil {
		return err
	}
	return knownVersion(meta.Version)
}

func (p *page) readFiles(at *url.URL, d *json.Decoder, isWanted wanted) error {
	first, err := d.Token()
	switch {
	case err != nil:
		return err
	case first == nil: // null
		return nil
	case first != json.Delim('['):
		return formatError{errors.New("the files are not a list")}
	}
	for d.More() {
		var f jsonFile
		if err := decode(d, &f); err != nil {
			return err
		}
		if l, ok := f.link(at, isWanted); ok {
			if err := p.add(l, isWanted); err != nil {
				return err
			}
		}
	}
	return expect(d, json.Delim(']'))
}

// jsonFile is one file as PEP 691 describes it.
type jsonFile struct {
	Filename string
	URL      string
	Hashes   struct{ SHA256 string }
	Size     int64
	Yanked   any // false, true, or the reason
}

// link returns the file's link. The address of one that nobody wants is not looked at.
func (f jsonFile) link(at *url.URL, isWanted wanted) (link, bool) {
	l := link{name: f.Filename, sha256: strings.ToLower(f.Hashes.SHA256)}
	if !isWanted(l.name, l.sha256) {
		return l, true
	}
	to, _, ok := newLink(at, f.URL)
	if !ok {
		return l, false
	}
	l.url, l.size = to.url, max(f.Size, 0)
	switch y := f.Yanked.(type) {
	case bool:
		if y {
			l.yanked = reason("")
		}
	case string:
		l.yanked = reason(y)
	}
	return l, true
}

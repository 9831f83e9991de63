package index

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"mime"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// named is a file as a page names it, with what the page says of it beside its address.
type named struct {
	address  string
	sha256   string // "" where it is not said, or part of the address
	metadata string // SHA-256 of the metadata beside it, "" where it is not said
	size     int64  // 0 where it is not said
}

// readdress replaces the addresses of a page's files and leaves the rest as it is.
func readdress(at *url.URL, contentType string, data []byte, replace func(named) string) ([]byte, error) {
	kind, _, _ := mime.ParseMediaType(contentType)
	if strings.HasSuffix(kind, "json") {
		return readdressJSON(data, replace)
	}
	return readdressHTML(at, data, replace)
}

func readdressJSON(data []byte, replace func(named) string) ([]byte, error) {
	page := map[string]any{}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&page); err != nil {
		return nil, err
	}
	files, _ := page["files"].([]any)
	for _, f := range files {
		if f, ok := f.(map[string]any); ok {
			if address, ok := f["url"].(string); ok {
				f["url"] = replace(namedInJSON(address, f))
			}
		}
	}
	return json.Marshal(page)
}

// namedInJSON reads a file of PEP 691, and of PEP 714 the hash of its metadata.
func namedInJSON(address string, f map[string]any) named {
	hash := func(of any) string {
		hashes, _ := of.(map[string]any)
		sum, _ := hashes["sha256"].(string)
		return strings.ToLower(sum)
	}
	n := named{address: address, sha256: hash(f["hashes"]), metadata: cmp.Or(hash(f["core-metadata"]), hash(f["dist-info-metadata"]))}
	if size, ok := f["size"].(json.Number); ok {
		n.size, _ = size.Int64()
	}
	n.size = max(n.size, 0)
	return n
}

// readdressHTML resolves what a <base> is about, and drops it.
func readdressHTML(at *url.URL, data []byte, replace func(named) string) ([]byte, error) {
	var out bytes.Buffer
	base := at
	tokens := html.NewTokenizer(bytes.NewReader(data))
	for {
		switch kind := tokens.Next(); kind {
		case html.ErrorToken:
			if err := tokens.Err(); err != io.EOF {
				return nil, err
			}
			return out.Bytes(), nil
		case html.StartTagToken, html.SelfClosingTagToken:
			raw := string(tokens.Raw())
			t := tokens.Token()
			switch t.Data {
			case "base":
				if href, ok := attribute(t, "href"); ok && base == at {
					if u, err := at.Parse(href); err == nil {
						base = u
					}
				}
				continue
			case "a":
				for i, a := range t.Attr {
					if u, err := base.Parse(strings.TrimSpace(a.Val)); a.Key == "href" && err == nil {
						t.Attr[i].Val = replace(named{address: u.String(), metadata: metadataIn(t)})
					}
				}
				out.WriteString(t.String())
				continue
			}
			out.WriteString(raw)
		default:
			out.Write(tokens.Raw())
		}
	}
}

// metadataIn returns what an anchor says of the hash of a wheel's metadata (PEP 714).
func metadataIn(t html.Token) string {
	core, _ := attribute(t, "data-core-metadata")
	old, _ := attribute(t, "data-dist-info-metadata")
	return sha256In(cmp.Or(core, old))
}

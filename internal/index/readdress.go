package index

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// readdress replaces the addresses of a page's files and leaves the rest as it is.
func readdress(at *url.URL, contentType string, data []byte, replace func(string) string) ([]byte, error) {
	kind, _, _ := mime.ParseMediaType(contentType)
	if strings.HasSuffix(kind, "json") {
		return readdressJSON(data, replace)
	}
	return readdressHTML(at, data, replace)
}

func readdressJSON(data []byte, replace func(string) string) ([]byte, error) {
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
				f["url"] = replace(address)
			}
		}
	}
	return json.Marshal(page)
}

// readdressHTML resolves what a <base> is about, and drops it.
func readdressHTML(at *url.URL, data []byte, replace func(string) string) ([]byte, error) {
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
						t.Attr[i].Val = replace(u.String())
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

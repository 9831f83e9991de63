package pindex

import (
	"crypto/md5"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"slices"
	"strings"
)

const (
	typeJSON = "application/vnd.pypi.simple.v1+json"
	typeHTML = "application/vnd.pypi.simple.v1+html"
)

// servePage answers /simple/<name>/, in the form that the client asks for, and
// /links.html, the page of all files.
func (x *Index) servePage(w http.ResponseWriter, r *http.Request, o Options) {
	name := strings.Trim(strings.TrimPrefix(r.URL.Path, "/simple/"), "/")
	if r.URL.Path == "/links.html" {
		writePage(w, r, o, "text/html", []byte(htmlPage("all", x.of(""), o)))
		return
	}
	files := x.of(name)
	if len(files) == 0 {
		http.NotFound(w, r)
		return
	}
	if !strings.HasSuffix(r.URL.Path, "/") {
		http.Redirect(w, r, r.URL.Path+"/", http.StatusMovedPermanently)
		return
	}
	if o.HTML || !strings.Contains(r.Header.Get("Accept"), typeJSON) {
		writePage(w, r, o, typeHTML, []byte(htmlPage(name, files, o)))
		return
	}
	data, err := json.Marshal(jsonPage(name, files, o))
	if err != nil {
		panic(err)
	}
	writePage(w, r, o, typeJSON, data)
}

// writePage answers 304 where the client has this page already, and pages have ETags.
func writePage(w http.ResponseWriter, r *http.Request, o Options, kind string, data []byte) {
	if o.ETags {
		etag := fmt.Sprintf("\"%x\"", md5.Sum(data))
		w.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	w.Header().Set("Content-Type", kind)
	w.Write(data)
}

// of returns the files of a project, or of all, sorted by name.
func (x *Index) of(project string) []file {
	x.mu.Lock()
	defer x.mu.Unlock()
	var all []file
	for _, f := range x.files {
		if project == "" || f.project == project {
			all = append(all, *f)
		}
	}
	slices.SortFunc(all, func(a, b file) int { return strings.Compare(a.name, b.name) })
	return all
}

func address(f file, o Options) string {
	if o.AbsoluteURLs != "" {
		return o.AbsoluteURLs + "/files/" + f.name
	}
	return "../../files/" + f.name
}

// hashOf returns the hash of a file that a page gives, or "".
func hashOf(f file, o Options) (kind, sum string) {
	switch {
	case o.WithoutHashes:
		return "", ""
	case o.MD5:
		return "md5", fmt.Sprintf("%x", md5.Sum(f.data))
	}
	return "sha256", f.hash
}

func jsonPage(name string, files []file, o Options) map[string]any {
	list := []map[string]any{}
	for _, f := range files {
		entry := map[string]any{"filename": f.name, "url": address(f, o), "hashes": map[string]string{}, "yanked": false}
		if kind, sum := hashOf(f, o); kind != "" {
			entry["hashes"] = map[string]string{kind: sum}
		}
		if !o.WithoutSizes {
			entry["size"] = len(f.data)
		}
		if f.yanked != nil {
			entry["yanked"] = true
			if *f.yanked != "" {
				entry["yanked"] = *f.yanked
			}
		}
		list = append(list, entry)
	}
	return map[string]any{"meta": map[string]string{"api-version": "1.1"}, "name": name, "files": list}
}

func htmlPage(name string, files []file, o Options) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html><head><meta name=\"pypi:repository-version\" content=\"1.1\">"+
		"<title>Links for %s</title></head><body>\n", html.EscapeString(name))
	for _, f := range files {
		href := address(f, o)
		if kind, sum := hashOf(f, o); kind != "" {
			href += "#" + kind + "=" + sum
		}
		yanked := ""
		if f.yanked != nil {
			yanked = ` data-yanked="` + html.EscapeString(*f.yanked) + `"`
		}
		fmt.Fprintf(&b, "<a href=\"%s\"%s>%s</a><br>\n", html.EscapeString(href), yanked, html.EscapeString(f.name))
	}
	return b.String() + "</body></html>\n"
}

package test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/ulikunitz/xz"

	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// An archive of a url or file dependency may have any name, with or without an ending, and
// an address any query. What it is its content says.
func TestArchiveNames(t *testing.T) {
	served := map[string][]byte{} // by request
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if data, ok := served[r.URL.RequestURI()]; ok {
			w.Write(data)
			return
		}
		http.NotFound(w, r)
	}))
	server.Listener.Close()
	server.Listener = listen(t)
	server.Start()
	t.Cleanup(server.Close)
	p := newGitProject(t, "")
	var names []string
	for _, c := range []struct {
		name, kind, at string // of the package, of its source, its address or path
		file           string // as Poetry has it in the lock
		pack           func(t *testing.T, files map[string]string) []byte
	}{
		{"bare", "url", "/archive/main", "main", zipOf},
		{"queried", "url", "/archive?archive=zip&ref=main", "archive", zipOf},
		{"escaped", "url", "/a%20b%2Bc.zip", "a b+c.zip", zipOf},
		{"misnamed", "url", "/main.zip", "main.zip", gzipOf},
		{"tagged", "url", "/v1.2.3.tgz", "v1.2.3.tgz", gzipOf},
		{"smaller", "url", "/smaller-latest.tar.xz", "smaller-latest.tar.xz", xzOf},
		{"spaced", "file", "vendor/my lib.tar.xz", "my lib.tar.xz", xzOf},
		{"literal", "file", "vendor/my%20lib", "my%20lib", zipOf},
		{"master", "file", "vendor/master.tar", "master.tar", tarOf},
	} {
		data := c.pack(t, inFolder(c.name+"-main", library(t, c.name, "1.0")))
		at := c.at
		if c.kind == "url" {
			served[at], at = data, server.URL+at
		} else {
			p.files[at] = string(data)
		}
		d := pindex.Raw{Package: c.name, Name: c.file, Data: data}
		p.locks = append(p.locks, locked{entry: fileEntry(d, "1.0", c.kind, at, pindex.SHA256(d))})
		names = append(names, c.name)
	}
	p.write(t)
	o := build(t, inProcess, request{dir: p.dir})
	if o.err != nil {
		t.Fatalf("%s\n%s", printed(o.err), o.log)
	}
	for _, name := range names {
		if o.image.files[site+name+".py"] == nil {
			t.Errorf("%s is not installed", name)
		}
	}
}

func zipOf(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		w, err := z.Create(name)
		must(t, err)
		io.WriteString(w, files[name])
	}
	must(t, z.Close())
	return b.Bytes()
}

func tarOf(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		must(t, w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(files[name]))}))
		io.WriteString(w, files[name])
	}
	must(t, w.Close())
	return b.Bytes()
}

func gzipOf(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(tarOf(t, files))
	must(t, w.Close())
	return b.Bytes()
}

func xzOf(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := xz.NewWriter(&b)
	must(t, err)
	w.Write(tarOf(t, files))
	must(t, w.Close())
	return b.Bytes()
}

package test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/moby/buildkit/client"
	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

// image is a built image, unpacked in memory.
type image struct {
	config dockerspec.DockerOCIImage
	layers []string              // digests, base first
	files  map[string]*imageFile // absolute path → file, whiteouts applied
	own    map[string][]string   // layer digest → paths in it
}

type imageFile struct {
	header *tar.Header
	data   []byte
}

func exportTo(name string) client.ExportEntry {
	return client.ExportEntry{
		Type: client.ExporterOCI,
		Output: func(map[string]string) (io.WriteCloser, error) {
			return os.Create(name)
		},
	}
}

// readImage reads an OCI archive with one image.
func readImage(t *testing.T, archive string) *image {
	t.Helper()
	blobs := readArchive(t, archive)
	var index ocispecs.Index
	decode(t, blobs["index.json"], &index)
	var manifest ocispecs.Manifest
	blob := func(d string) []byte { return blobs["blobs/"+strings.Replace(d, ":", "/", 1)] }
	decode(t, blob(index.Manifests[0].Digest.String()), &manifest)
	im := &image{files: map[string]*imageFile{}, own: map[string][]string{}}
	decode(t, blob(manifest.Config.Digest.String()), &im.config)
	for _, l := range manifest.Layers {
		d := l.Digest.String()
		im.layers = append(im.layers, d)
		im.apply(t, d, blob(d))
	}
	return im
}

func (im *image) apply(t *testing.T, digest string, data []byte) {
	t.Helper()
	gz, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	r := tar.NewReader(gz)
	for {
		h, err := r.Next()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		name := path.Clean("/" + h.Name)
		if base := path.Base(name); strings.HasPrefix(base, ".wh.") {
			delete(im.files, path.Join(path.Dir(name), strings.TrimPrefix(base, ".wh.")))
			continue
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		im.files[name] = &imageFile{h, content}
		im.own[digest] = append(im.own[digest], name)
	}
}

func readArchive(t *testing.T, name string) map[string][]byte {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all := map[string][]byte{}
	r := tar.NewReader(f)
	for {
		h, err := r.Next()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		if all[h.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
}

func decode(t *testing.T, data []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatalf("%v: %.200s", err, data)
	}
}

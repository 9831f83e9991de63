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
	digest "github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

// image is a built image, unpacked in memory.
type image struct {
	digest digest.Digest     // of the manifest
	said   map[string]string // the manifest's annotations
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

// readImage reads an archive with one image: of an OCI exporter or of docker save.
func readImage(t *testing.T, archive string) *image {
	t.Helper()
	a := readArchive(t, archive)
	var index ocispecs.Index
	decode(t, a["index.json"], &index)
	return a.image(t, a.first(t, index))
}

// archive is what is in an archive, by name.
type archive map[string][]byte

func (a archive) blob(d digest.Digest) []byte {
	return a["blobs/"+d.Algorithm().String()+"/"+d.Encoded()]
}

// first is the first manifest of an image, which stand before attestations.
func (a archive) first(t *testing.T, index ocispecs.Index) ocispecs.Descriptor {
	t.Helper()
	d := index.Manifests[0]
	if d.MediaType != ocispecs.MediaTypeImageIndex {
		return d
	}
	var nested ocispecs.Index
	decode(t, a.blob(d.Digest), &nested)
	return a.first(t, nested)
}

func (a archive) image(t *testing.T, d ocispecs.Descriptor) *image {
	t.Helper()
	var manifest ocispecs.Manifest
	decode(t, a.blob(d.Digest), &manifest)
	im := &image{digest: d.Digest, said: manifest.Annotations, files: map[string]*imageFile{}, own: map[string][]string{}}
	decode(t, a.blob(manifest.Config.Digest), &im.config)
	for _, l := range manifest.Layers {
		im.layers = append(im.layers, l.Digest.String())
		im.apply(t, l.Digest.String(), a.blob(l.Digest))
	}
	return im
}

func (im *image) apply(t *testing.T, digest string, data []byte) {
	t.Helper()
	r := tar.NewReader(plain(t, data))
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

// plain is a layer's tar; docker save writes layers as they are.
func plain(t *testing.T, data []byte) io.Reader {
	t.Helper()
	if !bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		return bytes.NewReader(data)
	}
	gz, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return gz
}

func readArchive(t *testing.T, name string) archive {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all := archive{}
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

package orders

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

// Image is what a registry has under a name.
type Image struct {
	Manifest ocispecs.Manifest
	Config   ocispecs.Image
}

// Inspect asks a registry without TLS for an image of one platform: host:port/name:tag.
func Inspect(reference string) (*Image, error) {
	host, rest, _ := strings.Cut(reference, "/")
	name, tag, _ := strings.Cut(rest, ":")
	var im Image
	if err := get("http://"+host+"/v2/"+name+"/manifests/"+tag, ocispecs.MediaTypeImageManifest+", application/vnd.docker.distribution.manifest.v2+json", &im.Manifest); err != nil {
		return nil, err
	}
	err := get("http://"+host+"/v2/"+name+"/blobs/"+im.Manifest.Config.Digest.String(), "*/*", &im.Config)
	return &im, err
}

// Made is what each layer says of itself in the image's history.
func (im *Image) Made() []string {
	var all []string
	for _, h := range im.Config.History {
		if !h.EmptyLayer {
			all = append(all, strings.TrimSuffix(h.CreatedBy, " # buildkit"))
		}
	}
	return all
}

// Size is the bytes of the layers as they are kept.
func (im *Image) Size() (n int64) {
	for _, l := range im.Manifest.Layers {
		n += l.Size
	}
	return n
}

// Blobs remembers what a repository holds.
type Blobs map[digest.Digest]bool

// Add notes an image's blobs and returns those that are new.
func (b Blobs) Add(im *Image) (added []ocispecs.Descriptor) {
	for _, d := range append(im.Manifest.Layers[:len(im.Manifest.Layers):len(im.Manifest.Layers)], im.Manifest.Config) {
		if !b[d.Digest] {
			b[d.Digest] = true
			added = append(added, d)
		}
	}
	return added
}

func get(url, accept string, into any) error {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", accept)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: %s", url, resp.Status)
	}
	return json.NewDecoder(resp.Body).Decode(into)
}

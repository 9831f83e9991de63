package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

// image is what the registry has under a name.
type image struct {
	manifest ocispecs.Manifest
	config   ocispecs.Image
}

// newBytes is the size of the blobs that this build added to the repository.
func (b *registryBuild) newBytes() (int64, error) {
	im, err := b.pull()
	if err != nil {
		return 0, err
	}
	if b.pushed == nil {
		b.pushed = map[string]bool{}
	}
	var n int64
	for _, d := range append(im.manifest.Layers, im.manifest.Config) {
		if id := d.Digest.String(); !b.pushed[id] {
			b.pushed[id] = true
			n += d.Size
		}
	}
	return n, nil
}

// made is what each layer says of itself in the image's history.
func (im *image) made() []string {
	var all []string
	for _, h := range im.config.History {
		if !h.EmptyLayer {
			all = append(all, strings.TrimSuffix(h.CreatedBy, " # buildkit"))
		}
	}
	return all
}

// packages counts what the history's lines of installing list.
func (im *image) packages() (n int) {
	for _, line := range im.made() {
		if strings.HasPrefix(line, "install ") && !strings.HasPrefix(line, "install the project") {
			n += 1 + strings.Count(line, ", ")
		}
	}
	return n
}

func (im *image) size() (n int64) {
	for _, l := range im.manifest.Layers {
		n += l.Size
	}
	return n
}

func (b *registryBuild) pull() (*image, error) {
	host, rest, _ := strings.Cut(b.image, "/")
	name, tag, _ := strings.Cut(rest, ":")
	var im image
	if err := get("http://"+host+"/v2/"+name+"/manifests/"+tag, ocispecs.MediaTypeImageManifest+", application/vnd.docker.distribution.manifest.v2+json", &im.manifest); err != nil {
		return nil, err
	}
	err := get("http://"+host+"/v2/"+name+"/blobs/"+im.manifest.Config.Digest.String(), "*/*", &im.config)
	return &im, err
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

package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"strings"

	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

// layer is one layer of the image as the registry has it.
type layer struct {
	digest string
	size   int64
	made   string // what made it, from the image's history
}

// newBytes is the size of the blobs that this build added to the registry.
func (b *builder) newBytes() (int64, error) {
	m, _, err := b.manifest()
	if err != nil {
		return 0, err
	}
	if b.seen == nil {
		b.seen = map[string]bool{}
	}
	var n int64
	for _, d := range append(m.Layers, m.Config) {
		if !b.seen[d.Digest.String()] {
			b.seen[d.Digest.String()] = true
			n += d.Size
		}
	}
	return n, nil
}

func (b *builder) layers() ([]layer, error) {
	m, config, err := b.manifest()
	if err != nil {
		return nil, err
	}
	var made []string
	for _, h := range config.History {
		if !h.EmptyLayer {
			made = append(made, describe(h.CreatedBy))
		}
	}
	var all []layer
	for i, d := range m.Layers {
		l := layer{digest: d.Digest.String(), size: d.Size}
		if i < len(made) {
			l.made = made[i]
		}
		all = append(all, l)
	}
	return all, nil
}

// describe shortens what BuildKit says of a step: its command, and of an install
// the wheels alone.
func describe(made string) string {
	_, command, ok := strings.Cut(made, " exec /.quatrain/helper ")
	if !ok {
		return made
	}
	word, _, _ := strings.Cut(command, " ")
	_, wheels, ok := strings.Cut(command, " -- ")
	if !ok {
		return "[" + word + "]"
	}
	var names []string
	for _, w := range strings.Fields(wheels) {
		name, _, _ := strings.Cut(path.Base(w), "-")
		names = append(names, name)
	}
	return "[" + word + "] " + strings.Join(names, ", ")
}

func (b *builder) manifest() (*ocispecs.Manifest, *ocispecs.Image, error) {
	host, rest, _ := strings.Cut(b.image, "/")
	name, tag, _ := strings.Cut(rest, ":")
	var m ocispecs.Manifest
	if err := get("http://"+host+"/v2/"+name+"/manifests/"+tag, ocispecs.MediaTypeImageManifest+", application/vnd.docker.distribution.manifest.v2+json", &m); err != nil {
		return nil, nil, err
	}
	var config ocispecs.Image
	err := get("http://"+host+"/v2/"+name+"/blobs/"+m.Config.Digest.String(), "*/*", &config)
	return &m, &config, err
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

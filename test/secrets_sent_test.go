package test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// A sender passes secrets and keys to a build in its own way, and pushes the image.
type sender struct {
	name  string
	files func(s sent) map[string]string // where it is told what to pass
	argv  func(s sent) []string
}

var senders = []sender{
	{"compose", func(s sent) map[string]string {
		var given, named string
		for i, id := range s.ids() {
			given += fmt.Sprintf("        - {source: s%d, target: %q}\n", i, id)
			if file := s.file(id); file != "" {
				named += fmt.Sprintf("  s%d: {file: %q}\n", i, file)
			} else {
				named += fmt.Sprintf("  s%d: {environment: %q}\n", i, s.variable(id))
			}
		}
		return map[string]string{"compose.yaml": fmt.Sprintf("services:\n  app:\n    image: %s\n    build:\n      context: .\n"+
			"      args: {PLANTED: planted}\n      provenance: mode=max\n      sbom: true\n      cache_to: [%q]\n      ssh: [%q]\n      secrets:\n%ssecrets:\n%s",
			s.ref, s.cacheTo(), s.r.ssh[0], given, named)}
	}, func(s sent) []string {
		return []string{"docker", "compose", "--project-name", filepath.Base(s.ref), "build", "--push"}
	}},
	{"bake", func(s sent) map[string]string {
		var secrets []string
		for _, id := range s.ids() {
			secrets = append(secrets, fmt.Sprintf("%q", s.flag(id)))
		}
		return map[string]string{"docker-bake.hcl": fmt.Sprintf("target \"app\" {\n  tags = [%q]\n  args = {PLANTED = \"planted\"}\n"+
			"  attest = [\"type=provenance,mode=max\", \"type=sbom\"]\n  cache-to = [%q]\n  ssh = [%q]\n  secret = [%s]\n}\n",
			s.ref, s.cacheTo(), s.r.ssh[0], strings.Join(secrets, ", "))}
	}, func(s sent) []string {
		argv := []string{"docker", "buildx", "bake", "--push", "--allow", "ssh", "--allow", "fs.write=" + s.cache}
		for _, file := range append(slices.Collect(maps.Values(s.written)), strings.SplitN(s.r.ssh[0], "=", 2)[1]) {
			argv = append(argv, "--allow", "fs.read="+file)
		}
		return append(argv, "app")
	}},
	{"buildctl", func(sent) map[string]string { return nil }, func(s sent) []string {
		argv := []string{"buildctl", "--addr", s.address, "build", "--progress", "plain", "--frontend", "gateway.v0", "--opt", "source=" + frontendImage(s.t),
			"--opt", "build-arg:PLANTED=planted", "--opt", "attest:provenance=mode=max", "--opt", "attest:sbom=",
			"--local", "context=.", "--local", "dockerfile=.", "--export-cache", s.cacheTo(), "--ssh", s.r.ssh[0],
			"--output", "type=image,push=true,name=" + s.ref}
		for _, id := range s.ids() {
			argv = append(argv, "--secret", s.flag(id))
		}
		return argv
	}},
}

// sent is a build with secrets of every kind that a client has a way for: half of them
// from its environment, half from files.
type sent struct {
	holder
	t                   *testing.T
	address, ref, cache string
	env                 []string
	written             map[string]string // id → file
}

func (s sent) ids() []string             { return slices.Sorted(maps.Keys(s.r.secrets)) }
func (s sent) file(id string) string     { return s.written[id] }
func (s sent) variable(id string) string { return fmt.Sprint("SECRET_", slices.Index(s.ids(), id)) }
func (s sent) cacheTo() string           { return "type=local,mode=max,dest=" + s.cache }

func (s sent) flag(id string) string {
	if file := s.file(id); file != "" {
		return "id=" + id + ",src=" + file
	}
	return "id=" + id + ",env=" + s.variable(id)
}

// send builds through a client, and adds what is left to the scan.
func (h holder) send(t *testing.T, b builder, address string, c sender, left scan) {
	t.Helper()
	s := sent{holder: h, t: t, address: address, ref: registry(t) + "/test/" + unique(t), cache: t.TempDir(), written: map[string]string{}}
	for i, id := range s.ids() {
		if i%2 == 0 {
			s.written[id] = filepath.Join(t.TempDir(), "secret")
			must(t, os.WriteFile(s.written[id], h.r.secrets[id], 0o600))
			continue
		}
		s.env = append(s.env, s.variable(id)+"="+string(h.r.secrets[id]))
	}
	maps.Copy(h.files, c.files(s))
	h.write(t)
	b.env = append(slices.Clone(b.env), s.env...)
	b.env = append(b.env, "BUILDX_BAKE_ENTITLEMENTS_FS="+map[bool]string{true: "0", false: "1"}[c.name == "compose"]) // as in TestGitClients
	e := b.run(t, h.dir, c.argv(s)...)
	if e.code != 0 {
		t.Fatalf("%s ended with %d:\n%s", c.name, e.code, e.all())
	}
	left["the build log of "+c.name] = e.all()
	left.pushed(t, "the image of "+c.name, s.ref, "latest")
	left.folder(t, "the exported cache of "+c.name, s.cache)
}

// newSent has a secret of each sort: a key given as a file, the token of one git host,
// the header of all of them, and an index's password.
func newSent(t *testing.T, client string) holder {
	t.Helper()
	h := holder{secrets: map[string]string{}, planted: map[string][]string{}, r: request{secrets: map[string][]byte{}}}
	k := newKey(t)
	host := newGitHost(t, k)
	_, over := omnibus(t, host)
	h.r.ssh = []string{"corp=" + k.file}
	h.lines("the SSH key that "+client+" has as a file", k.read(k.file))
	sources := []gitSource{over}
	for i, text := range []string{"t0ken-" + unique(t), "h3ader-" + unique(t)} {
		login := []string{basic("x-access-token", text), "Bearer " + text}[i]
		w, name := newGitWeb(t, login), fmt.Sprint("web", i)
		id, value := "GIT_AUTH_TOKEN."+w.host(), text
		if i == 1 {
			id, value = "GIT_AUTH_HEADER", login
		}
		h.r.secrets[id], h.secrets[id+" by "+client] = []byte(value), text
		h.servers = append(h.servers, w.Close)
		files := library(t, name, "1.0")
		if i == 0 {
			files[name+".py"] += "# " + h.plantIn("the exported cache of "+client) + "\n" // which has the wheel that is built
		}
		sources = append(sources, gitSource{name: name, version: "1.0", url: w.URL + "/group/web.git", reference: "main",
			commit: newRepository(t, w.root, "group/web.git").commit(files)})
	}
	h.project = newGitProject(t, "", sources...).knows(host)
	h.project.toml += fmt.Sprintf("ssh = { %q = \"corp\" }\n", host.name)
	h.servers = append(h.servers, host.stop, h.index.Close)

	w, password := fresh("private"), "s3cret of "+client+" /+ "+unique(t)
	h.index.Add(w)
	h.index.Set(pindex.Options{Username: "me", Password: password})
	h.locks = append(h.locks, locked{wheel: w})
	h.r.secrets["POETRY_HTTP_BASIC_LOCAL_USERNAME"], h.r.secrets["POETRY_HTTP_BASIC_LOCAL_PASSWORD"] = []byte("me"), []byte(password)
	h.secrets["the index's password by "+client] = password

	image := "the image of " + client
	h.files["plain.txt"] = h.plantIn(image)
	maps.Copy(h.planted, map[string][]string{
		"slsa.dev/provenance": {image}, "spdx.dev/Document": {image}, "[locate]": {"the build log of " + client},
		"web1": {"the daemon's log"},
	})
	return h
}

// pushed adds an image of a registry: what its manifest names, and so on down.
func (s scan) pushed(t *testing.T, place, ref, name string) {
	t.Helper()
	host, repository, _ := strings.Cut(ref, "/")
	at := "http://" + host + "/v2/" + repository
	data := fetched(t, at+"/manifests/"+name)
	s.add(t, place, "manifests/"+name, data)
	type descriptor struct{ Digest string }
	var m struct {
		Manifests, Layers []descriptor
		Config            descriptor
	}
	decode(t, data, &m)
	for _, d := range m.Manifests {
		s.pushed(t, place, ref, d.Digest)
	}
	for _, d := range append(m.Layers, m.Config) {
		if d.Digest != "" {
			s.add(t, place, "blobs/"+strings.Replace(d.Digest, ":", "/", 1), fetched(t, at+"/blobs/"+d.Digest))
		}
	}
}

func fetched(t *testing.T, address string) []byte {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, address, nil)
	must(t, err)
	req.Header["Accept"] = []string{"application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json", "application/vnd.docker.distribution.manifest.list.v2+json"}
	resp, err := http.DefaultClient.Do(req)
	must(t, err)
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	must(t, err)
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s\n%s", address, resp.Status, data)
	}
	return data
}

package test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/pindex"
)

// No secret leaves: builds with every kind of secret on a daemon of their own, and a
// search through all that came of them: layers, configurations, history, provenance
// and SBOM, the exported cache, what the client printed and what the daemon has logged.
// A search for what is certainly there proves that it looks.
func TestNoSecretLeaves(t *testing.T) {
	address := ownDaemon(t, nil)
	found := filepath.Join(t.TempDir(), "found")
	var texts []string // the secrets
	never := func(kind string) string {
		s := kind + "-" + unique(t)
		texts = append(texts, s)
		return s
	}
	for name, c := range map[string]func(host string, w *pindex.Options) map[string][]byte{
		"password": func(_ string, o *pindex.Options) map[string][]byte {
			o.Username, o.Password = "me", never("password")
			return map[string][]byte{"POETRY_HTTP_BASIC_LOCAL_USERNAME": []byte("me"), "POETRY_HTTP_BASIC_LOCAL_PASSWORD": []byte(o.Password)}
		},
		"auth.toml": func(_ string, o *pindex.Options) map[string][]byte {
			o.Username, o.Password = "me", never("toml")
			return map[string][]byte{"auth.toml": []byte("[http-basic.local]\nusername = \"me\"\npassword = \"" + o.Password + "\"\n")}
		},
		"netrc": func(host string, o *pindex.Options) map[string][]byte {
			o.Username, o.Password = "me", never("netrc")
			return map[string][]byte{"netrc": []byte("machine " + host + " login me password " + o.Password + "\n")}
		},
		"token": func(_ string, o *pindex.Options) map[string][]byte {
			o.Token = never("bearer")
			return map[string][]byte{"POETRY_HTTP_BEARER_LOCAL_TOKEN": []byte(o.Token)}
		},
	} {
		k := newKey(t)
		h := newGitHost(t, k)
		_, overSSH := omnibus(t, h)
		token := never("gittoken")
		web := newGitWeb(t, basic("x-access-token", token))
		overHTTP := web.omnibus()
		overHTTP.name = "omnibus"
		p := newGitProject(t, "", overSSH)
		if name == "token" {
			p = newGitProject(t, "", overHTTP)
		}
		// Its build asks the private index for pip.
		sdist := sdistOf("built", library(t, "built", "1.0"))
		wheel := fresh("private")
		p.index.Add(sdist, wheel)
		p.locks = append(p.locks, locked{entry: sdistEntry(sdist, "1.0")}, locked{wheel: wheel})
		p.knows(h).write(t)
		host, err := url.Parse(p.index.URL)
		must(t, err)
		var o pindex.Options
		secrets := map[string][]byte{"GIT_AUTH_TOKEN": []byte(token), "ca": newAuthority(t).client()}
		maps.Copy(secrets, c(host.Hostname(), &o))
		p.index.Set(o)
		for line := range strings.Lines(k.read(k.file) + string(secrets["ca"])) {
			if line = strings.TrimSpace(line); len(line) > 40 && !strings.Contains(line, "-----") {
				texts = append(texts, line)
			}
		}
		buildctlWithAll(t, address, p.dir, filepath.Join(found, name), secrets, k.file)
	}
	data, err := os.ReadFile(filepath.Join(filepath.Dir(strings.TrimPrefix(address, "unix://")), "log"))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(found, "daemon.log"), data, 0o644))

	planted := []string{"def main():", "slsa.dev/provenance", "SPDXRef-DOCUMENT", "POETRY_HTTP_BASIC_LOCAL_PASSWORD", "[install small"}
	all := searchable(t, found)
	for _, text := range planted {
		if !contains(all, text) {
			t.Errorf("this looks at less than it says: %q is nowhere", text)
		}
	}
	for _, text := range texts {
		for _, form := range []string{text, url.QueryEscape(text), base64.StdEncoding.EncodeToString([]byte(text)), base64.StdEncoding.EncodeToString([]byte("me:" + text))} {
			if contains(all, form) {
				t.Errorf("a secret is in what a build leaves: %s", text)
			}
		}
	}
}

// buildctlWithAll builds with everything that could carry a secret away.
func buildctlWithAll(t *testing.T, address, dir, out string, secrets map[string][]byte, key string) {
	t.Helper()
	must(t, os.MkdirAll(out, 0o755))
	argv := []string{"--addr", address, "build", "--progress", "plain", "--frontend", "gateway.v0", "--opt", "source=" + frontendImage(t),
		"--local", "context=" + dir, "--local", "dockerfile=" + dir,
		"--opt", "attest:provenance=mode=max", "--opt", "attest:sbom=", "--ssh", "default=" + key,
		"--output", "type=oci,dest=" + filepath.Join(out, "image.tar"), "--export-cache", "type=local,mode=max,dest=" + filepath.Join(out, "cache")}
	for _, id := range slices.Sorted(maps.Keys(secrets)) {
		file := filepath.Join(t.TempDir(), "secret")
		must(t, os.WriteFile(file, secrets[id], 0o600))
		argv = append(argv, "--secret", "id="+id+",src="+file)
	}
	said, err := exec.Command("buildctl", argv...).CombinedOutput()
	if err != nil {
		t.Fatalf("buildctl: %v\n%s", err, said)
	}
	must(t, os.WriteFile(filepath.Join(out, "client.log"), said, 0o644))
}

// searchable is every file below a folder, archives opened.
func searchable(t *testing.T, dir string) [][]byte {
	t.Helper()
	var all [][]byte
	add := func(data []byte) {
		if gz, err := gzip.NewReader(bytes.NewReader(data)); err == nil {
			plain, err := io.ReadAll(gz)
			must(t, err)
			data = plain
		}
		all = append(all, data)
	}
	must(t, filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if filepath.Ext(name) == ".tar" {
			for _, data := range readArchive(t, name) {
				add(data)
			}
			return nil
		}
		data, err := os.ReadFile(name)
		add(data)
		return err
	}))
	return all
}

func contains(all [][]byte, text string) bool {
	return slices.ContainsFunc(all, func(data []byte) bool { return bytes.Contains(data, []byte(text)) })
}

package test

import (
	"encoding/base64"
	"strings"
	"testing"
)

func basic(user, password string) string {
	return "basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

// Git over HTTP: tokens are build secrets, named as BuildKit names them.
func TestGitOverHTTP(t *testing.T) {
	const token = "s3cret-token-of-git"
	byToken := basic("x-access-token", token)
	for name, c := range map[string]struct {
		login   string
		secrets func(w *gitWeb) map[string]string
		want    []string // in the error; none: the build succeeds
	}{
		"public": {"", func(*gitWeb) map[string]string { return nil }, nil},
		"token": {byToken, func(*gitWeb) map[string]string {
			return map[string]string{"GIT_AUTH_TOKEN": token}
		}, nil},
		"token of this host": {byToken, func(w *gitWeb) map[string]string {
			return map[string]string{"GIT_AUTH_TOKEN." + w.host(): token, "GIT_AUTH_TOKEN": "s3cret-of-another"}
		}, nil},
		"header": {"Bearer " + token, func(*gitWeb) map[string]string {
			return map[string]string{"GIT_AUTH_HEADER": "Bearer " + token}
		}, nil},
		"no token": {byToken, func(*gitWeb) map[string]string { return nil },
			[]string{`>>> name = "omnibus"`, "the login is missing or was rejected", "for all hosts of pyproject.toml, GIT_AUTH_TOKEN", "--secret id=GIT_AUTH_TOKEN.127.", "build.secrets"}},
		"wrong token": {byToken, func(*gitWeb) map[string]string {
			return map[string]string{"GIT_AUTH_TOKEN": "s3cret-of-another"}
		}, []string{`>>> name = "omnibus"`, "the login is missing or was rejected", "GIT_AUTH_TOKEN"}},
		"token of another host": {byToken, func(*gitWeb) map[string]string {
			return map[string]string{"GIT_AUTH_TOKEN.git.test": token}
		}, []string{`>>> name = "omnibus"`, "the login is missing or was rejected"}},
	} {
		t.Run(name, func(t *testing.T) { // one after the other, as in TestGitForms
			w := newGitWeb(t, c.login)
			p := newGitProject(t, "", w.omnibus()).write(t)
			r := request{dir: p.dir, secrets: map[string][]byte{}, noImage: c.want != nil, opts: map[string]string{"attest:provenance": "mode=max"}}
			for id, value := range c.secrets(w) {
				r.secrets[id] = []byte(value)
			}
			o := build(t, buildx, r)
			if strings.Contains(o.log+o.text, "s3cret") {
				t.Error("a secret is in the log")
			}
			if c.want != nil {
				fails(t, o, c.want...)
				return
			}
			if o.err != nil {
				t.Fatalf("%s\n%s", printed(o.err), o.log)
			}
			if o.image.files[site+"omnibus.py"] == nil {
				t.Error("omnibus is not installed")
			}
			if w.saw("another") {
				t.Error("the token of another host came")
			}
			all := contents(t, o.archive)
			if !strings.Contains(all, "slsa.dev/provenance") {
				t.Error("the image has no provenance: this test looks at less than it says")
			}
			for _, secret := range []string{token, strings.TrimPrefix(byToken, "basic ")} {
				if strings.Contains(all, secret) {
					t.Error("a secret is in the image")
				}
			}
			w.Close()
			warm(t, buildx, p)
		})
	}
}

// Over TLS the builder's own trust counts, because the builder itself fetches.
func TestGitOverTLS(t *testing.T) {
	const token = "s3cret-token-of-git"
	a := newAuthority(t)
	w := newGitWebTLS(t, a, basic("x-access-token", token))
	p := newGitProject(t, "", w.omnibus()).write(t)
	r := request{dir: p.dir, noImage: true, secrets: map[string][]byte{"GIT_AUTH_TOKEN": []byte(token)}}
	fails(t, build(t, buildx, r), `>>> name = "omnibus"`, "the builder does not trust the host's certificate", "to its trust store")

	t.Setenv("BUILDKIT_HOST", trusting(t, a))
	if o := build(t, gateway, r); o.err != nil {
		t.Errorf("%s\n%s", printed(o.err), o.log)
	}
}

package test

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// holder is a project that cannot be built without every kind of secret.
type holder struct {
	*project
	r       request
	secrets map[string]string   // what it is → a text that gives it away
	planted map[string][]string // text → the places where a scan has to find it
	servers []func()            // end them
}

// Every kind of secret, one project, a daemon of its own: whatever the build leaves
// behind holds none of them, and without secrets and servers it is built again.
func TestNoSecretLeaves(t *testing.T) {
	variable(t, "QUATRAIN_LAB")
	address := ownDaemon(t, nil, "sh", "-c", `exec "$@" --debug`, "sh")
	b, name := bare(t), unique(t)
	b.must(t, "", "docker", "buildx", "create", "--name", name, "--driver", "remote", address)
	t.Cleanup(func() { output(b.env, "docker", "buildx", "rm", name) })
	b = builder{name, append(b.env, "BUILDX_BUILDER="+name)}

	h := newHolder(t)
	h.plant(t)
	left := scan{}
	o := h.build(t, b, left, "mode=max")
	for _, f := range []string{"omnibus.py", "ledger.py", "bykey.py", "hosted.py", "headed.py", "made.py", "private.py", "tokened.py", "byfile.py", "bynetrc.py", "certified.py"} {
		if o.image.files[site+f] == nil {
			t.Errorf("%s is not installed: a secret was not used", f)
		}
	}
	// BuildKit itself records in mode=max what was asked, a proxy's address among it.
	behind := newBehindProxy(t)
	behind.build(t, b, left, "mode=min")
	all := []holder{h, behind}
	for _, c := range senders {
		x := newSent(t, c.name)
		x.send(t, b, address, c, left)
		all = append(all, x)
	}

	daemonLog, err := os.ReadFile(filepath.Join(filepath.Dir(strings.TrimPrefix(address, "unix://")), "log"))
	must(t, err)
	left["the daemon's log"] = string(daemonLog)

	for _, x := range all {
		for what, places := range x.planted {
			hits := left.hits(what)
			for _, at := range places {
				if !slices.ContainsFunc(hits, func(hit string) bool { return strings.HasPrefix(hit, at) }) {
					t.Errorf("this looks at less than it says: %q, planted, was not found in %s, only in %q", what, at, hits)
				}
			}
		}
		for what, secret := range x.secrets {
			for _, hit := range left.hits(secret) {
				t.Errorf("%s is in %s", what, hit)
			}
		}
	}

	base := scan{} // its libraries have keys to test themselves with
	base.pushed(t, "the base", registry(t)+"/library/python", "3.11-slim")
	for _, x := range shapes {
		found, its := left.shaped(x), base.shaped(x)
		for text, place := range found {
			if text != x.planted && its[text] == "" {
				t.Errorf("%s is in %s: %s", x.what, place, text)
			}
		}
		if found[x.planted] == "" {
			t.Errorf("this looks at less than it says: %s, planted, was not found", x.what)
		}
	}

	for _, x := range all {
		for _, end := range x.servers {
			end()
		}
		o := b.buildx(t, request{dir: x.dir, noImage: true})
		if o.err != nil || len(o.ran) > 0 {
			t.Errorf("without secrets and servers it ran %q: %v", o.ran, o.err)
		}
	}
}

// build builds it, and keeps all that is left of it.
func (h holder) build(t *testing.T, b builder, left scan, provenance string) outcome {
	t.Helper()
	cache, name := t.TempDir(), filepath.Base(h.dir)
	r := h.r
	r.dir = h.dir
	r.opts["attest:provenance"], r.opts["attest:sbom"] = provenance, "true"
	r.flags = []string{"--cache-to", "type=local,mode=max,dest=" + cache}
	o := b.buildx(t, r)
	if o.err != nil {
		t.Fatalf("%s\n%s", printed(o.err), o.log)
	}
	left.archive(t, "the image "+name, o.archive)
	left.folder(t, "the exported cache "+name, cache)
	left["the build log "+name] = o.log + o.text
	return o
}

// newHolder has a server for each way to pass a secret.
func newHolder(t *testing.T) holder {
	t.Helper()
	secret := func(what string) string { return "s3cret of " + what + "/+ " + unique(t) }
	h := holder{secrets: map[string]string{}, planted: map[string][]string{}, r: request{secrets: map[string][]byte{}, opts: map[string]string{}}}
	for _, what := range []string{"the index", "auth.toml", "netrc"} {
		h.secrets[what] = secret(what)
	}
	h.secrets["the bearer token"], h.secrets["the git token"] = "t0ken-"+unique(t), "g1t-"+unique(t)
	pass := func(id, text string) { h.r.secrets[id] = []byte(text) }

	// Git over SSH and over HTTP.
	k := newKey(t)
	ssh := newGitHost(t, k)
	_, over := omnibus(t, ssh)
	web := newGitWeb(t, basic("x-access-token", h.secrets["the git token"]))
	ledger := gitSource{name: "ledger", version: "3.0", url: web.URL + "/group/ledger.git", reference: "main",
		commit: newRepository(t, web.root, "group/ledger.git").commit(library(t, "ledger", "3.0"))}
	a := newAgent(t, k)
	corp := newKey(t)
	corpSSH := newGitHost(t, corp)
	byKey := gitSource{name: "bykey", version: "1.0", url: corpSSH.address("group/bykey.git"), reference: "main",
		commit: newRepository(t, corpSSH.home, "group/bykey.git").commit(library(t, "bykey", "1.0"))}
	h.r.ssh = []string{"default=" + a.socket, "corp=" + corp.file}
	h.lines("the SSH key in the agent", k.read(k.file))
	h.lines("the SSH key in a file", corp.read(corp.file))
	pass("GIT_AUTH_TOKEN", h.secrets["the git token"])
	hosted, headed := h.gitWebs(t, pass)

	// The first index: a wheel, and an sdist whose build asks it for what it needs.
	h.project = newGitProject(t, "", ledger, over, byKey, hosted, headed).knows(ssh, corpSSH)
	h.toml += fmt.Sprintf("ssh = { %q = \"corp\" }\n", corpSSH.name)
	w, needed := fresh("private"), fresh("needed")
	made := buildable(t, "made")
	made.Files["pyproject.toml"] = strings.Replace(made.Files["pyproject.toml"], "requires = []", `requires = ["needed"]`, 1)
	made.Files["notes.txt"] = h.plantIn("the exported cache") // nobody installs it
	h.index.Add(w, needed, made)
	h.index.Set(pindex.Options{Username: "me", Password: h.secrets["the index"]})
	pass("POETRY_HTTP_BASIC_LOCAL_USERNAME", "me")
	pass("POETRY_HTTP_BASIC_LOCAL_PASSWORD", h.secrets["the index"])
	h.locks = append(h.locks, locked{entry: h.from("local", h.index, made)}, locked{wheel: w})

	// An index for each other way.
	for name, o := range map[string]pindex.Options{
		"tokened": {Token: h.secrets["the bearer token"]},
		"byfile":  {Username: "me", Password: h.secrets["auth.toml"]},
		"bynetrc": {Username: "me", Password: h.secrets["netrc"]},
	} {
		d := fresh(name)
		x := newIndex(t, d)
		x.Set(o)
		h.locks = append(h.locks, locked{entry: h.from(name, x, d)})
	}
	host, err := url.Parse(h.index.URL)
	must(t, err)
	pass("POETRY_HTTP_BEARER_TOKENED_TOKEN", h.secrets["the bearer token"])
	pass("auth.toml", fmt.Sprintf("[http-basic.byfile]\nusername = \"me\"\npassword = %q\n", h.secrets["auth.toml"]))
	pass("netrc", fmt.Sprintf("machine %s\n  login me\n  password %q\n", host.Hostname(), h.secrets["netrc"]))

	// And one that both sides show certificates to.
	ca, clients, certified := newAuthority(t), newAuthority(t), fresh("certified")
	x := unstarted(t, []pindex.Wheel{certified})
	cert, key := ca.sign(&x509.Certificate{IPAddresses: []net.IP{x.Listener.Addr().(*net.TCPAddr).IP}}, ca.cert, ca.key)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(clients.pem())
	x.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: key}},
		ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool}
	x.Config.ErrorLog = discard
	x.StartTLS()
	client := string(clients.client())
	h.lines("the client's certificate and key", client)
	h.lines("the certificate of the authority", string(ca.pem()))
	pass("POETRY_CERTIFICATES_CERTIFIED_CERT", string(ca.pem()))
	pass("POETRY_CERTIFICATES_CERTIFIED_CLIENT_CERT", client)
	h.locks = append(h.locks, locked{entry: h.from("certified", x, certified)})

	h.servers = append(h.servers, ssh.stop, corpSSH.stop, a.stop, web.Close, h.index.Close)
	h.write(t)
	return h
}

// gitWebs are two git hosts with secrets of their own: a token, and a whole header.
func (h holder) gitWebs(t *testing.T, pass func(id, text string)) (hosted, headed gitSource) {
	t.Helper()
	token, header := "h0st-"+unique(t), "h3ader-"+unique(t)
	h.secrets["the git token of a host"], h.secrets["the git header of a host"] = token, header
	on := func(name, login string) (gitSource, *gitWeb) {
		w := newGitWeb(t, login)
		commit := newRepository(t, w.root, "group/"+name+".git").commit(library(t, name, "1.0"))
		return gitSource{name: name, version: "1.0", url: w.URL + "/group/" + name + ".git", reference: "main", commit: commit}, w
	}
	hosted, w := on("hosted", basic("x-access-token", token))
	pass("GIT_AUTH_TOKEN."+w.host(), token)
	headed, w = on("headed", "Bearer "+header)
	pass("GIT_AUTH_HEADER."+w.host(), "Bearer "+header)
	return hosted, headed
}

// newBehindProxy has an index that only a proxy with a login knows.
func newBehindProxy(t *testing.T) holder {
	t.Helper()
	a, w := newAuthority(t), fresh("far")
	password := "s3cret-of-the-proxy-" + unique(t)
	x := a.index("packages.test", w)
	via := newProxy(t, "build:"+password, "packages.test", x)
	h := holder{
		project: (&project{index: x, url: "https://packages.test", locks: []locked{{wheel: w}}}).write(t),
		r:       request{secrets: map[string][]byte{"ca": a.pem()}, opts: map[string]string{"build-arg:HTTPS_PROXY": via.address()}},
		secrets: map[string]string{"the proxy's password": password},
		servers: []func(){via.Close, x.Close},
	}
	h.lines("the company's certificate", string(a.pem()))
	return h
}

// lines makes every line of a PEM file a secret of its own.
func (h holder) lines(what, text string) {
	n := 0
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); len(line) > 20 && !strings.HasPrefix(line, "-----") {
			n++
			h.secrets[fmt.Sprint("line ", n, " of ", what)] = line
		}
	}
}

// from is the lock's entry of a distribution of a source, which is added.
func (h holder) from(name string, x *index, d pindex.Dist) string {
	if name != "local" { // that write adds
		h.toml += fmt.Sprintf("\n[[tool.poetry.source]]\nname = %q\nurl = %q\npriority = \"explicit\"\n", name, x.URL+"/simple")
	}
	return fileEntry(d, "1.0", "legacy", x.URL+"/simple", pindex.SHA256(d)) + fmt.Sprintf("reference = %q\n", name)
}

// plant leaves a text wherever the scan has to find one.
func (h holder) plant(t *testing.T) {
	t.Helper()
	h.files["plain.txt"] = h.plantIn("the image")
	h.files["query.txt"] = "a=" + url.QueryEscape(h.plantIn("the image"))
	h.files["base64.txt"] = base64.StdEncoding.EncodeToString([]byte("a:" + h.plantIn("the image") + "b"))
	for i, x := range shapes {
		h.files[fmt.Sprintf("shape%d.txt", i)] = x.planted + "\n"
	}
	h.r.opts["label:planted"] = h.plantIn("the image")     // its config
	h.r.opts["build-arg:PLANTED"] = h.plantIn("the image") // its provenance
	maps.Copy(h.planted, map[string][]string{
		"slsa.dev/provenance": {"the image"},
		"spdx.dev/Document":   {"the image"},
		"group/ledger.git":    {"the daemon's log"},
		"PLANTED":             {"the build log"}, // a warning
	})
	h.write(t)
}

// plantIn is a text that stands nowhere else.
func (h holder) plantIn(place string) string {
	text := fmt.Sprintf("planted /+ %d %s", len(h.planted), rand.Text())
	h.planted[text] = []string{place}
	return text
}

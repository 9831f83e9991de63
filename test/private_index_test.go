package test

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

const hunter = "hunter2 of the index/+"

// warmWithout builds again, with other secrets and without the index: nothing runs.
func warmWithout(t *testing.T, b builder, r request, x *index) {
	t.Helper()
	for id := range r.secrets {
		r.secrets[id] = []byte("changed")
	}
	x.Close()
	o := b.buildx(t, r)
	if o.err != nil {
		t.Fatalf("warm, without the index: %s\n%s", printed(o.err), o.log)
	}
	if len(o.ran) > 0 {
		t.Errorf("a warm build ran %q", o.ran)
	}
}

// Every way to pass a login, and every kind of index.
func TestPrivateIndex(t *testing.T) {
	basic := map[string][]byte{"POETRY_HTTP_BASIC_LOCAL_USERNAME": []byte("me"), "POETRY_HTTP_BASIC_LOCAL_PASSWORD": []byte(hunter + "\n")}
	login := pindex.Options{Username: "me", Password: hunter}
	for name, c := range map[string]struct {
		index   pindex.Options
		secrets func(host string) map[string][]byte
	}{
		"secrets":  {login, func(string) map[string][]byte { return basic }},
		"HTML":     {pindex.Options{Username: "me", Password: hunter, HTML: true}, func(string) map[string][]byte { return basic }},
		"MD5":      {pindex.Options{Username: "me", Password: hunter, MD5: true}, func(string) map[string][]byte { return basic }},
		"MD5-HTML": {pindex.Options{Username: "me", Password: hunter, MD5: true, HTML: true}, func(string) map[string][]byte { return basic }},
		"auth.toml": {login, func(string) map[string][]byte {
			return map[string][]byte{"auth.toml": fmt.Appendf(nil, "[http-basic.local]\nusername = \"me\"\npassword = %q\n", hunter)}
		}},
		"netrc": {login, func(host string) map[string][]byte {
			return map[string][]byte{"netrc": fmt.Appendf(nil, "machine %s\n  login me\n  password %q\n", host, hunter)}
		}},
		"token": {pindex.Options{Token: "t0ken"}, func(string) map[string][]byte {
			return map[string][]byte{"POETRY_HTTP_BEARER_LOCAL_TOKEN": []byte("t0ken")}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := fresh("private")
			x := newIndex(t, w)
			x.Set(c.index)
			p := (&project{index: x, locks: []locked{{wheel: w}}}).write(t)
			host, _ := url.Parse(x.URL)
			r := request{dir: p.dir, secrets: map[string][]byte{}, noImage: name != "secrets"}
			for id, text := range c.secrets(host.Hostname()) {
				r.secrets[id] = text
			}
			o := bare(t).buildx(t, r)
			if o.err != nil {
				t.Fatalf("%s\n%s", printed(o.err), o.log)
			}
			if !r.noImage && o.image.files[site+"private.py"] == nil {
				t.Error("the wheel is not installed")
			}
			r.noImage = true
			if n := x.Count("/files/" + w.Filename()); n != 2 { // looked at, fetched
				t.Errorf("the wheel was asked for %d times", n)
			}
			warmWithout(t, bare(t), r, x)
		})
	}
}

// The certificates of one index, as secrets: its authority's, and the client's.
func TestIndexCertificates(t *testing.T) {
	a, clients := newAuthority(t), newAuthority(t)
	w := fresh("private")
	x := unstarted(t, []pindex.Wheel{w})
	cert, key := a.sign(&x509.Certificate{
		Subject: pkix.Name{CommonName: "packages"}, IPAddresses: []net.IP{x.Listener.Addr().(*net.TCPAddr).IP},
	}, a.cert, a.key)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(clients.pem())
	x.TLS = &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: key}},
		ClientAuth:   tls.RequireAndVerifyClientCert, ClientCAs: pool,
	}
	x.Config.ErrorLog = discard
	x.StartTLS()
	p := (&project{index: x, locks: []locked{{wheel: w}}}).write(t)
	r := request{dir: p.dir, noImage: true, secrets: map[string][]byte{}}
	fails(t, bare(t).buildx(t, r), `>>> name = "private"`, "local: the certificate of", "is signed by an unknown authority")
	r.secrets["POETRY_CERTIFICATES_LOCAL_CERT"] = a.pem()
	fails(t, bare(t).buildx(t, r), `>>> name = "private"`, "requires a client certificate", "--secret id=POETRY_CERTIFICATES_LOCAL_CLIENT_CERT,src=")
	r.secrets["POETRY_CERTIFICATES_LOCAL_CLIENT_CERT"] = clients.client()
	r.noImage = false
	o := bare(t).buildx(t, r)
	if o.err != nil {
		t.Fatalf("%s\n%s", printed(o.err), o.log)
	}
	if o.image.files[site+"private.py"] == nil {
		t.Error("the wheel is not installed")
	}
	warmWithout(t, bare(t), r, x)
}

// client is a certificate for clients and its key, in one file.
func (a authority) client() []byte {
	a.t.Helper()
	cert, key := a.sign(&x509.Certificate{
		Subject: pkix.Name{CommonName: "build"}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, a.cert, a.key)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})
	return append(text, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...)
}

// A refusal names the source and the secrets; no secret is printed.
func TestPrivateIndexRefuses(t *testing.T) {
	basic := map[string][]byte{"POETRY_HTTP_BASIC_LOCAL_USERNAME": []byte("me"), "POETRY_HTTP_BASIC_LOCAL_PASSWORD": []byte("wr0ng-s3cret")}
	right := map[string][]byte{"POETRY_HTTP_BASIC_LOCAL_USERNAME": []byte("me"), "POETRY_HTTP_BASIC_LOCAL_PASSWORD": []byte(hunter)}
	page, file := "/simple/private/", "/files/private-1.0-py3-none-any.whl"
	for name, c := range map[string]struct {
		login   bool
		path    string // what fails
		status  int
		secrets map[string][]byte
		want    []string
	}{
		"no login":     {true, "", 0, nil, []string{`>>> name = "private"`, "local answers 401 Unauthorized for http://", "--secret id=POETRY_HTTP_BASIC_LOCAL_USERNAME,env=… --secret id=POETRY_HTTP_BASIC_LOCAL_PASSWORD,env=…", "--secret id=auth.toml"}},
		"wrong login":  {true, "", 0, basic, []string{"local answers 401 Unauthorized", "The login from the secrets POETRY_HTTP_BASIC_LOCAL_USERNAME and POETRY_HTTP_BASIC_LOCAL_PASSWORD was rejected"}},
		"wrong netrc":  {true, "", 0, map[string][]byte{"netrc": []byte("default login me password wr0ng-s3cret")}, []string{"local answers 401 Unauthorized", "The login from the secret netrc was rejected"}},
		"no right":     {false, page, 403, basic, []string{"local answers 403 Forbidden", "The login from the secrets POETRY_HTTP_BASIC_LOCAL_USERNAME"}},
		"file closed":  {false, file, 401, nil, []string{"local answers 401 Unauthorized for http://", "/files/private-1.0", "--secret id=POETRY_HTTP_BASIC_LOCAL_USERNAME"}},
		"no page":      {false, page, 404, nil, []string{"private-1.0-py3-none-any.whl is not on local (http://", "to clients without a login: --secret id=POETRY_HTTP_BASIC_LOCAL_USERNAME"}},
		"file gone":    {false, file, 404, basic, []string{"local answers 404 Not Found for http://", "comes from the secrets POETRY_HTTP_BASIC_LOCAL_USERNAME"}},
		"another file": {true, file, 200, right, []string{"private-1.0-py3-none-any.whl was cut off after 2 of "}},
		"no auth.toml": {true, "", 0, map[string][]byte{"auth.toml": []byte("wr0ng-s3cret == ")}, []string{"the secret auth.toml is not TOML"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := fresh("private")
			x := newIndex(t, w)
			if c.login {
				x.Set(pindex.Options{Username: "me", Password: hunter})
			}
			if c.path != "" {
				x.Fail(c.path, faultOf(c.status))
			}
			p := (&project{index: x, locks: []locked{{wheel: w}}}).write(t)
			o := bare(t).buildx(t, request{dir: p.dir, noImage: true, secrets: c.secrets})
			fails(t, o, c.want...)
			if strings.Contains(printed(o.err)+o.log, "wr0ng-s3cret") {
				t.Errorf("the secret is printed:\n%s%s", printed(o.err), o.log)
			}
		})
	}
}

// faultOf is an answer with a status; with that of a success, of another file.
func faultOf(status int) pindex.Fault {
	if status == http.StatusOK {
		return pindex.Fault{Body: []byte("PK")}
	}
	return pindex.Fault{Status: status}
}

// The lock says which source a file comes from, whatever else has one of its name.
func TestSources(t *testing.T) {
	for _, priority := range []string{"primary", "supplemental", "explicit"} {
		t.Run(priority, func(t *testing.T) {
			mine, theirs := fresh("shared"), fresh("shared")
			first, second := newIndex(t, alpha, theirs), newIndex(t, mine)
			second.Set(pindex.Options{Username: "me", Password: hunter})
			entry := fmt.Sprintf("[[package]]\nname = \"shared\"\nversion = \"1.0\"\ndescription = \"\"\noptional = false\npython-versions = \"*\"\ngroups = [\"main\"]\n"+
				"files = [\n    {file = %q, hash = \"sha256:%s\"},\n]\n\n[package.source]\ntype = \"legacy\"\nurl = %q\nreference = \"second.one\"\n",
				mine.Filename(), pindex.SHA256(mine), second.URL+"/simple")
			p := (&project{index: first, locks: []locked{{wheel: alpha}, {entry: entry}},
				toml: plainProject + fmt.Sprintf("\n[[tool.poetry.source]]\nname = \"second.one\"\nurl = %q\npriority = %q\n", second.URL+"/simple", priority)}).write(t)
			o := bare(t).buildx(t, request{dir: p.dir, secrets: map[string][]byte{
				"POETRY_HTTP_BASIC_SECOND_ONE_USERNAME": []byte("me"), "POETRY_HTTP_BASIC_SECOND_ONE_PASSWORD": []byte(hunter)}})
			if o.err != nil {
				t.Fatalf("%s\n%s", printed(o.err), o.log)
			}
			if f := o.image.files[site+"shared.py"]; f == nil || string(f.data) != mine.Files["shared.py"] {
				t.Error("the file is another source's, or not there")
			}
			if first.Count("/simple/shared/") > 0 {
				t.Error("the other source was asked for the name")
			}
		})
	}
}

package index

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

func withSecrets(env map[string]string) Options {
	o := quick()
	o.Getenv = func(key string) (string, bool) { v, ok := env[key]; return v, ok }
	return o
}

// Where a login comes from, in Poetry's order.
func TestLoginOrder(t *testing.T) {
	const (
		user, password, token = "POETRY_HTTP_BASIC_CORP_USERNAME", "POETRY_HTTP_BASIC_CORP_PASSWORD", "POETRY_HTTP_BEARER_CORP_TOKEN"
		auth                  = "[http-basic.corp]\nusername = \"file\"\npassword = \"pf\"\n[http-basic.other]\nusername = \"x\"\n"
		netrc                 = "machine corp.test login net password pn\n"
	)
	for name, c := range map[string]struct {
		env  map[string]string
		in   string // of the address
		want string
	}{
		"nothing":             {nil, "", ""},
		"secrets":             {map[string]string{user: "env\n", password: "pe\r\n"}, "", "env:pe"},
		"password alone":      {map[string]string{password: "pe"}, "", ":pe"},
		"user alone":          {map[string]string{user: "env"}, "", "env:"},
		"auth.toml":           {map[string]string{"QUATRAIN_AUTH_TOML": auth}, "", "file:pf"},
		"each for itself":     {map[string]string{"QUATRAIN_AUTH_TOML": auth, password: "pe"}, "", "file:pe"},
		"netrc":               {map[string]string{"QUATRAIN_NETRC": netrc}, "", "net:pn"},
		"auth.toml, netrc":    {map[string]string{"QUATRAIN_NETRC": netrc, "QUATRAIN_AUTH_TOML": auth}, "", "file:pf"},
		"token":               {map[string]string{token: "t", user: "env", "QUATRAIN_AUTH_TOML": auth}, "", "Bearer t"},
		"address":             {map[string]string{token: "t", user: "env", password: "pe"}, "me:pa", "me:pa"},
		"address, user alone": {map[string]string{user: "env", password: "pe"}, "me", "env:pe"},
		"user of the address": {nil, "me", "me:"},
	} {
		t.Run(name, func(t *testing.T) {
			u := "https://corp.test/simple/"
			if c.in != "" {
				u = "https://" + c.in + "@corp.test/simple/"
			}
			cl, err := newClient(step.Index{Login: "corp", Name: "corp", URL: u}, withSecrets(c.env))
			if err != nil {
				t.Fatal(err)
			}
			req := httptest.NewRequest(http.MethodGet, "https://corp.test/x", nil)
			cl.authorize(req, true)
			got := req.Header.Get("Authorization")
			if n, p, ok := req.BasicAuth(); ok {
				got = n + ":" + p
			}
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
	for _, bad := range []map[string]string{
		{"QUATRAIN_AUTH_TOML": "hunter2 = = x"}, {"POETRY_CERTIFICATES_CORP_CERT": "hunter2"}, {"POETRY_CERTIFICATES_CORP_CLIENT_CERT": "hunter2"},
	} {
		if _, err := newClient(step.Index{Login: "corp", Name: "corp", URL: "https://corp.test/"}, withSecrets(bad)); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

func TestNetrc(t *testing.T) {
	got, err := parseNetrc(`# a comment
machine one.test login me password "a \"b\" #c" # and another
machine one.test login second password x
macdef init
machine no.test login no password no

machine TWO.test
	user you
	account acct
	password #hash\ blank
default login anyone password any
# #
machine quoted.test login #1 password "two
lines"
machine account.test account who password ""
machine empty.test
machine default login every password one`)
	if err != nil {
		t.Fatal(err)
	}
	want := netrc{"one.test": {"second", "x"}, "two.test": {"you", "#hash blank"}, "": {"every", "one"},
		"quoted.test": {"#1", "two\nlines"}, "account.test": {"who", ""}, "empty.test": {}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(machine{})); diff != "" {
		t.Error(diff)
	}
	if m, ok := got.of("Two.Test"); !ok || m.login != "you" {
		t.Error(m, ok)
	}
	if m, ok := got.of("empty.test"); ok {
		t.Error(m)
	}
	for _, bad := range []string{
		"machine a login b pass hunter2", "hunter2 a", "machine", "machine a login b password hunter2 two", "macdef x\n hunter2\n",
	} {
		if _, err := parseNetrc(bad); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if all, err := parseNetrc("machine a login b password c\r\nmacdef x\r\n y\r\n\r\n"); err != nil || len(all) != 1 {
		t.Error(all, err)
	}
}

func FuzzNetrc(f *testing.F) {
	f.Add("machine a login b password \"c\\")
	f.Add("macdef x\n\n default password #")
	f.Fuzz(func(t *testing.T, text string) {
		if all, err := parseNetrc(text); err == nil {
			all.of("a")
		}
	})
}

// A probe asks before the answer is kept.
func TestProbe(t *testing.T) {
	login := map[string]string{"POETRY_HTTP_BASIC_MY_CORP_EU_USERNAME": "me", "POETRY_HTTP_BASIC_MY_CORP_EU_PASSWORD": "hunter2"}
	x, open := serve(t, pindex.Options{}, alpha)
	_, closed := serve(t, pindex.Options{Username: "me", Password: "hunter2"}, alpha)
	given := locked(alpha)
	given[0].URL = strings.TrimSuffix(closed.URL, "/simple/") + alphaFile
	for name, c := range map[string]struct {
		index step.Index
		files []step.File
		env   map[string]string
		only  bool
		fails step.Kind
	}{
		"open":                   {open, locked(alpha), nil, false, ""},
		"with a login":           {closed, locked(alpha), login, true, ""},
		"an address":             {step.Index{Name: "alpha", URL: given[0].URL, Login: "my-corp.eu"}, given, login, true, ""},
		"an address, no login":   {step.Index{Name: "alpha", URL: given[0].URL, Login: "alpha"}, given, login, false, step.Unauthorized},
		"only in the lock":       {step.Index{Name: "my-corp.eu", URL: given[0].URL}, given, login, false, ""},
		"an address, with netrc": {step.Index{Name: "alpha", URL: given[0].URL, Login: "alpha"}, given, map[string]string{"QUATRAIN_NETRC": "machine 127.0.0.1 login me password hunter2"}, true, ""},
	} {
		cl, err := newClient(c.index, withSecrets(c.env))
		if err != nil {
			t.Fatal(err)
		}
		found, err := cl.locate(t.Context(), c.files)
		if err != nil {
			t.Fatal(name, err)
		}
		if only, err := cl.probe(t.Context(), found); only != c.only || step.KindOf(err) != c.fails {
			t.Errorf("%s: %v %v", name, only, err)
		}
	}
	x.Fail(alphaFile, pindex.Fault{Status: 403})
	if _, err := locate(t, open, locked(alpha), quick()); step.KindOf(err) != step.Unauthorized {
		t.Errorf("pages are open, files are not: %v", err)
	}
}

// clientPair is a certificate with its key, in one file.
func clientPair(t *testing.T) (pair string, pool *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	pool = x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	return string(text) + string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})), pool
}

// The certificates of an index: its authority's, and the client's.
func TestCertificatesOfAnIndex(t *testing.T) {
	pair, pool := clientPair(t)
	s := httptest.NewUnstartedServer(pindex.New(pindex.Options{}, alpha))
	s.TLS = &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool}
	s.Config.ErrorLog = nil
	s.StartTLS()
	defer s.Close()
	index := step.Index{Login: "corp", Name: "corp", URL: s.URL + "/simple/"}
	ca := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}))
	const own, client = "POETRY_CERTIFICATES_CORP_CERT", "POETRY_CERTIFICATES_CORP_CLIENT_CERT"
	if _, err := fetch(t, index, locked(alpha), withSecrets(map[string]string{own: ca, client: pair})); err != nil {
		t.Error(err)
	}
	_, err := fetch(t, index, locked(alpha), withSecrets(map[string]string{own: ca}))
	if p := problems(t, err); p[0].Kind != step.Unauthorized || !strings.Contains(p[0].Hint, "--secret id="+client) {
		t.Errorf("%+v", p)
	}
	_, err = fetch(t, index, locked(alpha), withSecrets(map[string]string{client: pair}))
	if step.KindOf(err) != step.Untrusted {
		t.Error(err)
	}
	other := step.Index{Login: "corp", Name: "corp", URL: strings.Replace(s.URL, "127.0.0.1", "localhost", 1)}
	cl, err := newClient(other, withSecrets(map[string]string{own: ca, client: pair}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cl.http.Get(s.URL); err == nil {
		t.Error("the certificates of one host count for another")
	}
}

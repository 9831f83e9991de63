package index

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// relayTo starts a relay with secrets, and returns it with the address of an index at it.
func relayTo(t *testing.T, index step.Index, secrets map[string]string) (*Relay, string) {
	t.Helper()
	r, err := StartRelayWith(t.TempDir(), withSecrets(secrets))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	address, err := r.Add(index)
	if err != nil {
		t.Fatal(err)
	}
	return r, address
}

// pip asks as pip does. What is cut off is an error.
func pip(t *testing.T, address string) (status int, body string, resp *http.Response, err error) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", accept)
	if resp, err = http.DefaultClient.Do(req); err != nil {
		return 0, "", nil, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(data), resp, err
}

// linksAt returns the links of a page at the relay.
func linksAt(t *testing.T, address string) []link {
	t.Helper()
	status, page, resp, err := pip(t, address)
	if status != http.StatusOK || err != nil {
		t.Fatalf("%s: %d, %v", address, status, err)
	}
	links, err := parsePage(resp.Request.URL, resp.Header.Get("Content-Type"), []byte(page), anything)
	if err != nil {
		t.Fatal(err)
	}
	return links
}

// pip's view: pages and files, and no login.
func TestRelay(t *testing.T) {
	for name, o := range map[string]pindex.Options{"JSON": {}, "HTML": {HTML: true}, "MD5": {MD5: true}} {
		t.Run(name, func(t *testing.T) {
			o.Token = "s3cret"
			x, index := serve(t, o, alpha)
			r, address := relayTo(t, index, map[string]string{"POETRY_HTTP_BEARER_MY_CORP_EU_TOKEN": "s3cret"})
			links := linksAt(t, address+"alpha/")
			if len(links) != 1 || !strings.HasPrefix(links[0].url, r.root+"/"+r.key+"/") || links[0].name != alpha.Filename() {
				t.Fatalf("%v", links)
			}
			if !o.MD5 && links[0].sha256 != pindex.SHA256(alpha) {
				t.Errorf("the hash is lost: %+v", links)
			}
			if status, data, _, err := pip(t, links[0].url); status != 200 || data != string(alpha.Bytes()) {
				t.Errorf("%d %v", status, err)
			}
			if status, _, _, _ := pip(t, links[0].url+".metadata"); status != 404 || x.Count("/files/"+alpha.Filename()+".metadata") != 1 {
				t.Errorf("%d", status)
			}
			if status, _, _, _ := pip(t, address+"nothing/"); status != 404 || r.Problem() != nil {
				t.Errorf("%d %v", status, r.Problem())
			}
			x.Set(pindex.Options{Token: "changed"})
			if status, _, _, _ := pip(t, address+"alpha/"); status != 403 || r.Problem() == nil || !strings.Contains(r.Problem().Hint, "POETRY_HTTP_BEARER_MY_CORP_EU_TOKEN") {
				t.Errorf("%d %v", status, r.Problem())
			}
		})
	}
}

// A relay serves what it has handed out: nothing else of the index, no other host,
// whatever a netrc file knows, and nothing at all to who does not know its key.
func TestRelayServesNothingElse(t *testing.T) {
	asked := map[string]bool{}
	private := func(w http.ResponseWriter, r *http.Request) {
		asked[r.Host+r.URL.Path] = true
		io.WriteString(w, "private")
	}
	other := httptest.NewServer(http.HandlerFunc(private))
	defer other.Close()
	mux := http.NewServeMux()
	mux.HandleFunc("/", private)
	mux.HandleFunc("/simple/alpha/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, `<a href="/files/alpha-1.0-py3-none-any.whl">x</a><a href="file:///etc/hostname">x</a><a href="ftp://host/alpha-2.0.tar.gz">x</a>`)
	})
	mux.HandleFunc("/files/alpha-1.0-py3-none-any.whl", func(w http.ResponseWriter, r *http.Request) { w.Write(alpha.Bytes()) })
	index := httptest.NewServer(mux)
	defer index.Close()
	host, _ := url.Parse(other.URL)
	r, address := relayTo(t, step.Index{Name: "corp", URL: index.URL + "/simple/"}, map[string]string{
		"POETRY_HTTP_BASIC_CORP_USERNAME": "ci", "POETRY_HTTP_BASIC_CORP_PASSWORD": "s3cret",
		step.Netrc.Env: "machine " + host.Hostname() + " login bot password token",
	})
	links := linksAt(t, address+"alpha/")
	if status, text, _, err := pip(t, links[0].url); status != 200 || text != string(alpha.Bytes()) || err != nil {
		t.Fatalf("%d %q %v", status, text, err)
	}
	for _, l := range links[1:] {
		if !strings.HasPrefix(l.url, r.root) {
			t.Errorf("a page leads to %s", l.url)
		}
		if status, text, _, _ := pip(t, l.url); status != 404 {
			t.Errorf("%s: %d %q", l.url, status, text)
		}
	}
	file := r.root + "/" + r.key + "/file/"
	for _, at := range []string{
		r.root + "/", r.root + "/simple/alpha/", r.root + "/0/simple/alpha/", strings.Replace(address, r.key, strings.ToLower(r.key), 1) + "alpha/",
		strings.Replace(address, r.key, "", 1) + "alpha/", address, address + "../api/tokens/", address + "..%2Fapi/", address + "%2e%2e/", address + "alpha/more/",
		strings.Replace(address, "/0/", "/1/", 1) + "alpha/", strings.Replace(address, "/0/", "/-1/", 1) + "alpha/",
		file + "0/other.whl", file + "0/alpha-1.0-py3-none-any.whl.metadata.metadata", file + "1/alpha-1.0-py3-none-any.whl", file + "-1/x", file + "x/x",
		file + url.PathEscape(other.URL+"/secret") + "/x",
	} {
		if status, text, _, _ := pip(t, at); status != 404 {
			t.Errorf("%s: %d %q", at, status, text)
		}
	}
	// As a proxy it is of no use either.
	proxy, _ := url.Parse(r.root)
	resp, err := (&http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(proxy)}}).Get(other.URL + "/secret")
	if err != nil || resp.StatusCode != 404 {
		t.Errorf("%v, %v", resp, err)
	}
	if len(asked) > 0 {
		t.Errorf("the servers were asked for %v", asked)
	}
	r.Close()
	if _, _, _, err := pip(t, links[0].url); err == nil {
		t.Error("a relay that has ended answers")
	}
}

// Two relays share nothing.
func TestRelayKeys(t *testing.T) {
	_, index := serve(t, pindex.Options{}, alpha)
	a, atA := relayTo(t, index, nil)
	b, atB := relayTo(t, index, nil)
	if a.key == b.key || len(a.key) < 20 {
		t.Errorf("keys %q and %q", a.key, b.key)
	}
	if status, _, _, _ := pip(t, strings.Replace(atA, a.root, b.root, 1)+"alpha/"); status != 404 {
		t.Errorf("%s is of use at another relay than %s", atA, atB)
	}
}

// An index that does not answer for a page is not one without the package; one that
// refuses may be.
func TestRelayUnanswered(t *testing.T) {
	for status, want := range map[int]bool{404: false, 401: false, 403: false, 500: true, 503: true} {
		x, index := serve(t, pindex.Options{}, alpha)
		x.Fail("/simple/alpha/", pindex.Fault{Status: status})
		r, address := relayTo(t, index, nil)
		if got, _, _, err := pip(t, address+"alpha/"); err != nil || got == 200 {
			t.Errorf("%d: %d, %v", status, got, err)
		}
		if (r.Unanswered() != nil) != want {
			t.Errorf("%d: %v", status, r.Unanswered())
		}
	}
}

package test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// download is a server of single files behind a login.
type download struct {
	*httptest.Server
	files map[string][]byte // by path
	asked atomic.Int32
}

func newDownload(t *testing.T, dists ...pindex.Dist) *download {
	t.Helper()
	d := &download{files: map[string][]byte{}}
	for _, dist := range dists {
		d.files["/"+dist.Filename()] = dist.Bytes()
	}
	d.Server = httptest.NewUnstartedServer(d)
	d.Listener.Close()
	d.Listener = listen(t)
	d.Start()
	t.Cleanup(d.Close)
	return d
}

func (d *download) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.asked.Add(1)
	if user, password, _ := r.BasicAuth(); user != "me" || password != hunter {
		w.Header().Set("WWW-Authenticate", `Basic realm="files"`)
		http.Error(w, "who are you?", http.StatusUnauthorized)
		return
	}
	data, ok := d.files[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Write(data)
}

// entry is the lock's of a file of it.
func (d *download) entry(dist pindex.Dist) locked {
	return locked{entry: fileEntry(dist, "1.0", "url", d.URL+"/"+dist.Filename(), pindex.SHA256(dist))}
}

// add adds a file of it to a project, as a url dependency of pyproject.toml and in the lock.
func (d *download) add(p *project, dist pindex.Dist) {
	p.locks = append(p.locks, d.entry(dist))
	p.toml += fmt.Sprintf("\n[tool.poetry.dependencies.%s]\nurl = %q\n", dist.Project(), d.URL+"/"+dist.Filename())
}

// A url dependency that pyproject.toml names has the login of the source with the same
// scheme, host and port, else one of its own name. A wheel and an sdist.
func TestURLBehindLogin(t *testing.T) {
	for name, c := range map[string]struct {
		source  string // of the project, %s being the server's address
		secrets func(host string) map[string]string
	}{
		"own name": {"", func(string) map[string]string {
			return map[string]string{"POETRY_HTTP_BASIC_FAR_AWAY_USERNAME": "me", "POETRY_HTTP_BASIC_FAR_AWAY_PASSWORD": hunter}
		}},
		"source of the host": {"[[tool.poetry.source]]\nname = \"company\"\nurl = \"%s/simple/\"\npriority = \"explicit\"\n", func(string) map[string]string {
			return map[string]string{"POETRY_HTTP_BASIC_COMPANY_USERNAME": "me", "POETRY_HTTP_BASIC_COMPANY_PASSWORD": hunter}
		}},
		"auth.toml": {"", func(string) map[string]string {
			return map[string]string{"auth.toml": fmt.Sprintf("[http-basic.far-away]\nusername = \"me\"\npassword = %q\n", hunter)}
		}},
		"netrc": {"", func(host string) map[string]string {
			return map[string]string{"netrc": fmt.Sprintf("machine %s\n  login me\n  password %q\n", host, hunter)}
		}},
	} {
		t.Run(name, func(t *testing.T) { // one after the other, as in TestGitForms
			w := pindex.Wheel{Name: "far-away", Version: "1.0", Files: map[string]string{"far_away.py": fmt.Sprintf("only = %q\n", unique(t))}}
			d := newDownload(t, w)
			settings := ""
			if c.source != "" {
				settings = fmt.Sprintf(c.source, d.URL)
			}
			p := newGitProject(t, settings)
			d.add(p, w)
			at, _ := url.Parse(d.URL)
			r := request{dir: p.write(t).dir, secrets: map[string][]byte{}}
			for id, text := range c.secrets(at.Hostname()) {
				r.secrets[id] = []byte(text)
			}
			o := build(t, buildx, r)
			if o.err != nil {
				t.Fatalf("%s\n%s", printed(o.err), o.log)
			}
			if f := o.image.files[site+"far_away.py"]; f == nil || string(f.data) != w.Files["far_away.py"] {
				t.Errorf("far-away is not installed: %v", f)
			}
			if got := directURL(t, o, "far_away-1.0")["url"]; got != d.URL+"/"+w.Filename() {
				t.Errorf("direct_url.json says %v", got)
			}
			d.Close()
			warm(t, buildx, p)
		})
	}
}

// An sdist behind a login is built, and warm needs neither server nor login.
func TestURLSdistBehindLogin(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := unseen(t, "far-sdist", library(t, "far_sdist", "1.0"))
		s.Files["pyproject.toml"] = strings.Replace(s.Files["pyproject.toml"], "far_sdist", "far-sdist", 1)
		d := newDownload(t, s)
		p := newGitProject(t, "")
		d.add(p, s)
		o := build(t, m, request{dir: p.write(t).dir, secrets: map[string][]byte{
			"POETRY_HTTP_BASIC_FAR_SDIST_USERNAME": []byte("me"), "POETRY_HTTP_BASIC_FAR_SDIST_PASSWORD": []byte(hunter),
		}})
		if o.err != nil {
			t.Fatalf("%s\n%s", printed(o.err), o.log)
		}
		if o.image.files[site+"far_sdist.py"] == nil {
			t.Error("far-sdist is not installed")
		}
		if builds := withPrefix(o.ran, "[build]"); len(builds) != 1 {
			t.Errorf("built %q", builds)
		}
		d.Close()
		warm(t, m, p)
	})
}

// A refusal names the dependency, the status and the secret; a file that is another
// than the lock's is refused whoever may fetch it.
func TestURLBehindLoginRefuses(t *testing.T) {
	const wrong = "wr0ng-s3cret"
	own := func(password string) map[string][]byte {
		return map[string][]byte{"POETRY_HTTP_BASIC_FAR_AWAY_USERNAME": []byte("me"), "POETRY_HTTP_BASIC_FAR_AWAY_PASSWORD": []byte(password)}
	}
	for name, c := range map[string]struct {
		secrets map[string][]byte
		change  func(d *download, file string)
		want    []string
	}{
		"no login": {nil, nil, []string{"answers 401 Unauthorized for http://", "--secret id=POETRY_HTTP_BASIC_FAR_AWAY_USERNAME,env=… --secret id=POETRY_HTTP_BASIC_FAR_AWAY_PASSWORD,env=…", "--secret id=auth.toml"}},
		"wrong login": {own(wrong), nil, []string{"answers 401 Unauthorized for http://", "The login from",
			"the secrets POETRY_HTTP_BASIC_FAR_AWAY_USERNAME and POETRY_HTTP_BASIC_FAR_AWAY_PASSWORD"}},
		"wrong auth.toml": {map[string][]byte{"auth.toml": []byte("[http-basic.far-away]\nusername = \"me\"\npassword = \"" + wrong + "\"\n")}, nil,
			[]string{"answers 401 Unauthorized for http://", "The login from the secret auth.toml was rejected"}},
		"wrong netrc": {map[string][]byte{"netrc": []byte("default login me password " + wrong)}, nil,
			[]string{"answers 401 Unauthorized for http://", "The login from the secret netrc was rejected"}},
		"gone": {own(hunter), func(d *download, file string) { delete(d.files, file) },
			[]string{"answers 404 Not Found for http://", "comes from the secrets POETRY_HTTP_BASIC_FAR_AWAY_USERNAME"}},
		"another file": {own(hunter), func(d *download, file string) { d.files[file] = bytes.ToUpper(d.files[file]) },
			[]string{"the lock says sha256:"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := pindex.Wheel{Name: "far-away", Version: "1.0", Files: map[string]string{"far_away.py": fmt.Sprintf("only = %q\n", unique(t))}}
			d := newDownload(t, w)
			if c.change != nil {
				c.change(d, "/"+w.Filename())
			}
			p := newGitProject(t, "")
			d.add(p, w)
			o := build(t, buildx, request{dir: p.write(t).dir, noImage: true, secrets: c.secrets})
			fails(t, o, append(c.want, `>>> name = "far-away"`)...)
			if text := printed(o.err) + o.log; strings.Contains(text, wrong) || strings.Contains(text, hunter) {
				t.Errorf("a secret is printed:\n%s", text)
			}
			if d.asked.Load() == 0 {
				t.Error("the server was not asked")
			}
		})
	}
}

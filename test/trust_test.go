package test

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"
)

// A company's index, with a certificate that only the company knows.
func TestCompanyCA(t *testing.T) {
	for _, c := range []struct {
		name string
		ask  func(r *request, a authority)
		want []string // in the error; none: the build succeeds
	}{
		{"secret", func(r *request, a authority) { r.secrets = map[string][]byte{"ca": a.pem()} }, nil},
		{"build context", func(r *request, a authority) { r.folders = map[string]string{"ca": a.folder()} }, nil},
		{"neither", func(*request, authority) {}, []string{`>>> name = "private"`, "is signed by an unknown authority", "--secret id=ca,src="}},
		{"another", func(r *request, a authority) { r.secrets = map[string][]byte{"ca": newAuthority(a.t).pem()} },
			[]string{`>>> name = "private"`, "is signed by an unknown authority"}},
	} {
		eachBuilder(t, c.name, func(t *testing.T, b builder) {
			a, w := newAuthority(t), fresh("private")
			p := (&project{index: a.index("packages.test", w), locks: []locked{{wheel: w}}}).write(t)
			r := request{dir: p.dir, noImage: c.want != nil}
			c.ask(&r, a)
			o := b.buildx(t, r)
			if c.want != nil {
				fails(t, o, c.want...)
				return
			}
			if o.err != nil {
				t.Fatalf("%s\n%s", printed(o.err), o.log)
			}
			if o.image.files[site+"private.py"] == nil {
				t.Error("the wheel is not installed")
			}
			if strings.Contains(contents(t, o.archive), string(a.pem())) {
				t.Error("the certificate is in the image")
			}
		})
	}
}

// eachBuilder runs a body on the builders whose steps have another network: the bare
// one has the machine's, the engine's steps have a bridge.
func eachBuilder(t *testing.T, name string, body func(t *testing.T, b builder)) {
	t.Helper()
	for _, b := range []builder{bare(t), engine(t)} {
		t.Run(name+"/"+b.name, func(t *testing.T) { body(t, b) })
	}
}

// A proxy is the only way to the index: its name is known to nobody else. The steps
// go through it, and its address, which has a password, stays out of all that is built.
// (Provenance of mode=max is the exception: BuildKit itself records there what was asked.)
func TestProxy(t *testing.T) {
	const login, password = "build:s3cret-of-the-proxy", "s3cret-of-the-proxy"
	for _, scheme := range []string{"http", "https"} {
		eachBuilder(t, scheme, func(t *testing.T, b builder) {
			a, w := newAuthority(t), fresh("far")
			x := newIndex(t, w)
			if scheme == "https" {
				x = a.index("packages.test", w)
			}
			via := newProxy(t, login, "packages.test", x)
			p := (&project{index: x, url: scheme + "://packages.test", locks: []locked{{wheel: w}}}).write(t)
			o := b.buildx(t, request{dir: p.dir, secrets: map[string][]byte{"ca": a.pem()}, opts: map[string]string{
				"build-arg:" + strings.ToUpper(scheme) + "_PROXY": via.address(),
				"attest:provenance": "mode=min",
			}})
			if o.err != nil {
				t.Fatalf("%s\n%s", printed(o.err), o.log)
			}
			if o.image.files[site+"far.py"] == nil || via.passed.Load() == 0 {
				t.Errorf("the wheel did not come through the proxy, which passed %d requests", via.passed.Load())
			}
			all := contents(t, o.archive)
			if !strings.Contains(all, "slsa.dev/provenance") {
				t.Error("the image has no provenance: this test looks at less than it says")
			}
			if strings.Contains(all+o.log, password) {
				t.Error("the proxy's password is in the image or in the log")
			}
		})
	}
}

// contents is everything in an image's archive as one text, layers unpacked.
func contents(t *testing.T, file string) string {
	t.Helper()
	var all strings.Builder
	for name, data := range readArchive(t, file) {
		all.WriteString(name)
		if gz, err := gzip.NewReader(bytes.NewReader(data)); err == nil {
			if data, err = io.ReadAll(gz); err != nil {
				t.Fatal(err)
			}
		}
		all.Write(data)
	}
	return all.String()
}

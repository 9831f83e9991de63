package index

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

func TestCertificates(t *testing.T) {
	s := httptest.NewUnstartedServer(pindex.New(pindex.Options{}, alpha))
	protocol := ""
	handler := s.Config.Handler
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protocol = r.Proto
		handler.ServeHTTP(w, r)
	})
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	index := step.Index{Login: "corp", Name: "corp", URL: s.URL + "/simple/"}
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
		return name
	}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	ca := write("ca.pem", certificate)
	write("ca.d/README", []byte("our authorities"))
	write("ca.d/sub/x", nil)
	write("ca.d/corp.crt", certificate)
	write("empty.d/README", nil)
	for name, c := range map[string]struct {
		o    Options
		kind step.Kind
	}{
		"nobody":         {Options{CA: filepath.Join(dir, "none"), CADir: filepath.Join(dir, "none.d")}, step.Untrusted},
		"the bundle":     {Options{Bundle: ca}, ""},
		"the secret":     {Options{CA: ca}, ""},
		"the folder":     {Options{CADir: filepath.Join(dir, "ca.d")}, ""},
		"a wrong secret": {Options{CA: filepath.Join(dir, "ca.d/README")}, step.Failed},
		"a wrong folder": {Options{CADir: filepath.Join(dir, "empty.d")}, step.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			o := quick()
			o.Bundle, o.CA, o.CADir = c.o.Bundle, c.o.CA, c.o.CADir
			_, err := locate(t, index, locked(alpha), o)
			var kind step.Kind
			for _, p := range problems(t, err) {
				if kind = p.Kind; kind == step.Untrusted && !strings.Contains(p.Hint, "--secret id=ca,src=company-ca.pem") {
					t.Errorf("%+v", p)
				}
			}
			if kind != c.kind {
				t.Errorf("%q, want %q: %v", kind, c.kind, err)
			}
		})
	}
	if protocol != "HTTP/2.0" {
		t.Errorf("spoke %s", protocol)
	}
	// A certificate that is known, but not for this name, is another matter.
	o := quick()
	o.CA = ca
	index.URL = strings.Replace(index.URL, "127.0.0.1", "localhost", 1)
	_, err := locate(t, index, locked(alpha), o)
	if p := problems(t, err); len(p) != 1 || p[0].Kind != step.Unreachable || !strings.Contains(p[0].Message, "certificate") {
		t.Errorf("%+v", p)
	}
}

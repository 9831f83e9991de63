package pindex

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var demo = Wheel{Name: "My.Demo", Version: "1.0", Files: map[string]string{"b.py": "", "a.py": "x", "my_demo-1.0.data/scripts/run": "#!python\n"},
	Requires: []string{"alpha>=1"}, EntryPoints: "[console_scripts]\ndemo = a:b\n", Modes: map[string]uint32{"my_demo-1.0.data/scripts/run": 0o755}}

func TestWheel(t *testing.T) {
	if !bytes.Equal(demo.Bytes(), demo.Bytes()) || demo.Filename() != "my_demo-1.0-py3-none-any.whl" || demo.Project() != "my-demo" {
		t.Error("not deterministic, or misnamed")
	}
	z, err := zip.NewReader(bytes.NewReader(demo.Bytes()), int64(len(demo.Bytes())))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name+" "+f.Mode().String())
	}
	info := "my_demo-1.0.dist-info/"
	want := []string{"a.py -rw-r--r--", "b.py -rw-r--r--", "my_demo-1.0.data/scripts/run -rwxr-xr-x",
		info + "METADATA -rw-r--r--", info + "WHEEL -rw-r--r--", info + "entry_points.txt -rw-r--r--", info + "RECORD -rw-r--r--"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
}

func TestServe(t *testing.T) {
	x := New(Options{}, demo, Sdist{Name: "My.Demo", Version: "1.0"})
	s := httptest.NewServer(x)
	defer s.Close()
	get := func(path string) (int, string) {
		resp, err := http.Get(s.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		data, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(data)
	}
	if status, page := get("/simple/my-demo/"); status != 200 || strings.Count(page, "<a href") != 2 || !strings.Contains(page, "#sha256="+SHA256(demo)) {
		t.Errorf("%d %s", status, page)
	}
	if status, data := get("/files/" + demo.Filename()); status != 200 || data != string(demo.Bytes()) {
		t.Errorf("%d", status)
	}
	x.Fail("/simple/my-demo/", Fault{Status: 503, Times: 1})
	for _, want := range []int{503, 200} {
		if status, _ := get("/simple/my-demo/"); status != want {
			t.Errorf("%d, want %d", status, want)
		}
	}
	if status, _ := get("/simple/other/"); status != 404 {
		t.Errorf("%d", status)
	}
	x.Set(Options{Username: "me", Password: "pw"})
	if status, _ := get("/simple/my-demo/"); status != 401 || x.Count("/simple/my-demo/") != 4 || len(x.Requests()) != 6 {
		t.Errorf("%d %v", status, x.Requests())
	}
}

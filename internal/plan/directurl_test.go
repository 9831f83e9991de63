package plan

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// As Poetry writes it (installation/executor.py, and Python's Path.as_uri).
func TestDirectURL(t *testing.T) {
	for want, p := range map[string]Package{
		"": {Origin: Origin{Kind: FromIndex, Index: PyPI}},
		`{"url": "ssh://git@git.corp/group/omnibus.git", "vcs_info": {"vcs": "git", "requested_revision": "0.2.5", "commit_id": "c0ffee"}, "subdirectory": "sub"}`: {
			Origin: Origin{Kind: FromGit, URL: "git@git.corp:group/omnibus.git", Requested: "0.2.5", Commit: "c0ffee", Subdirectory: "sub"}},
		`{"url": "https://git.corp/x.git", "vcs_info": {"vcs": "git", "requested_revision": "main", "commit_id": "c0ffee"}}`: {
			Origin: Origin{Kind: FromGit, URL: "https://me:secret@git.corp/x.git", Requested: "main", Commit: "c0ffee"}},
		`{"url": "https://x/a.whl", "archive_info": {"hashes": {"sha256": "aa"}}}`: {
			SHA256: "aa", Origin: Origin{Kind: FromURL, URL: "https://x/a.whl"}},
		`{"url": "file:///app/dist/a%2Bb.whl", "archive_info": {"hashes": {"sha256": "aa"}}}`: {
			SHA256: "aa", Origin: Origin{Kind: FromFile, Path: "dist/a+b.whl"}},
		`{"url": "file:///libs/a%20b%40c~d", "dir_info": {}}`: {
			Origin: Origin{Kind: FromDirectory, Path: "../libs/a b@c~d"}},
	} {
		got := p.DirectURL("/app")
		if want == "" {
			if got != "" {
				t.Errorf("%s", got)
			}
			continue
		}
		var a, b any
		if err := json.Unmarshal([]byte(got), &a); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(want), &b); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(b, a); diff != "" {
			t.Error(diff)
		}
	}
}

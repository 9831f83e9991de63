package knownhosts

import (
	"slices"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// The fingerprints are those that the hosts publish in their documentation.
func TestBuiltin(t *testing.T) {
	want := map[string][]string{
		"github.com": {"SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU",
			"SHA256:p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM", "SHA256:uNiVztksCsDhcc0u9e8BujQXVUpKZIDTMczCvj3tD2s"},
		"gitlab.com": {"SHA256:eUXGGm1YGsMAS7vkcx6JOJdOGHPem5gQp4taiCfCLB8",
			"SHA256:HbW3g8zUjNSksFbqTiUWPWg2Bq1x8xdGUrliXFzSnUw", "SHA256:ROQFvPThGrW4RuWLoL9tq9I9zJ42fK4XywyRtbOz/EQ"},
		"bitbucket.org": {"SHA256:ybgmFkzwOSotHTHLJgHO0QN8L0xErw6vd0VhFA9m3SM",
			"SHA256:FC73VB6C4OQLSCrjEayhMp9UMxS97caD/Yyi2bhW/J0", "SHA256:46OSHA1Rmj8E8ERTC6xkNcmGOw9oFxYr0WF6zWW8l1E"},
		"ssh.dev.azure.com": {"SHA256:ohD8VZEXGWo6Ez8GSEJQ9WpafgLFsOfLOtGGQCQo6Og"},
	}
	count := 0
	for rest := Builtin; len(rest) > 0; count++ {
		_, hosts, key, _, after, err := ssh.ParseKnownHosts(rest)
		if err != nil {
			t.Fatal(err)
		}
		rest = after
		if got := ssh.FingerprintSHA256(key); !slices.Contains(want[hosts[0]], got) {
			t.Errorf("%s: %s", hosts[0], got)
		}
	}
	if count != 10 {
		t.Errorf("%d keys", count)
	}
}

func TestKnows(t *testing.T) {
	const key = " ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl\n"
	file := "# a comment\n\n" +
		"git.corp,10.0.0.1" + key +
		"[git.corp]:2222" + key +
		"*.example.org,!bad.example.org" + key +
		"@revoked old.corp" + key +
		"@cert-authority *.signed.corp" + key +
		knownhosts.HashHostname("hidden.corp") + key +
		knownhosts.HashHostname("[hidden.corp]:23") + key
	for address, want := range map[string]bool{
		"git.corp": true, "GIT.corp:22": true, "10.0.0.1": true, "git.corp:2222": true, "git.corp:23": false,
		"a.example.org": true, "bad.example.org": false, "example.org": false,
		"old.corp": false, "x.signed.corp": true, "hidden.corp": true, "hidden.corp:23": true, "hidden.corp:24": false,
		"other": false,
	} {
		if got, err := Knows([]byte(file), address); err != nil || got != want {
			t.Errorf("%s: %v, %v", address, got, err)
		}
	}
	if ok, err := Knows(Builtin, "github.com"); err != nil || !ok {
		t.Error(ok, err)
	}
	if _, err := Knows([]byte("git.corp ssh-ed25519 nonsense\n"), "git.corp"); err == nil {
		t.Error("a line that cannot be read must be an error")
	}
}

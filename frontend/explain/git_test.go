package explain

import (
	"errors"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/source"
)

// What servers say that no test has at hand; test/git_errors_test.go has the others for
// real. After each, git adds that it could not read from the remote repository.
func TestGitSymptoms(t *testing.T) {
	const rest = "\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.\n: exit status 128"
	for text, want := range map[string]string{
		"ERROR: Repository not found." + rest: "the repository does not exist, or access was denied",
		"remote: ERROR: The project you were looking for could not be found or you don't have permission to view it." + rest: "the repository does not exist, or access was denied",
		"git@git.corp: Permission denied (publickey,keyboard-interactive)." + rest:                                           "no key that the host accepts",
		"kex_exchange_identification: Connection closed by remote host" + rest:                                               "cannot be reached",
		"ssh: Could not resolve hostname git.corp: Name or service not known" + rest:                                         "cannot be reached",
		"fatal: unable to access 'https://git.corp/x.git/': Could not resolve host: git.corp":                                "cannot be reached",
		"remote: Invalid username or token.\nfatal: Authentication failed for 'https://git.corp/x.git/'":                     "login is missing or was rejected",
		"remote: HTTP Basic: Access denied.\nfatal: Authentication failed for 'https://git.corp/x.git/'":                     "login is missing or was rejected",
		"fatal: unable to access 'https://git.corp/x.git/': The requested URL returned error: 403":                           "login is missing or was rejected",
		"remote: Not Found\nfatal: repository 'https://git.corp/x.git/' not found":                                           "the repository does not exist, or access was denied",
		"fatal: unable to access 'https://git.corp/x.git/': SSL certificate problem: unable to get local issuer certificate": "does not trust",
		"fatal: remote error: upload-pack: not our ref 4305a3ac7750d4920724757ac0b0447290e845b5":                             "does not have the locked commit",
		"error: unable to read sha1 file of a.py (893e76a934003d466503a58844e811e5d2d72f8c)":                                 "the builder's copy of the repository is broken, because an earlier fetch was cut off or damaged",
		"error: Could not read faf5be0d9764b2a4749c6252a1f62786695b5f87\nerror: pathspec '.' did not match any file(s)":      "the builder's copy of the repository is broken, because an earlier fetch was cut off or damaged",
	} {
		got := ""
		for _, s := range gitSymptoms {
			if s.text.MatchString("failed to fetch remote git@git.corp:x.git: git stderr:\n" + text) {
				got = s.message
				break
			}
		}
		if !strings.Contains(got, want) {
			t.Errorf("%q is taken for %q, want %q", text, got, want)
		}
	}
}

// A token for the repository is of no use to its submodules, and no message says to pass one.
func TestSubmoduleLogin(t *testing.T) {
	for text, want := range map[string]string{
		"failed to fetch remote x: git stderr:\nfatal: could not read Username for 'https://git.corp'":                       "GIT_AUTH_TOKEN.git.corp",
		"failed to update submodules for x: git stderr:\nfatal: could not read Username for 'https://git.corp'":              "submodules over HTTPS have to be public",
		"failed to update submodules for x: git stderr:\nfatal: unable to access 'x': The requested URL returned error: 403": "submodules over HTTPS have to be public",
	} {
		pkg := plan.Package{Name: "x", Origin: plan.Origin{Kind: plan.FromGit, URL: "https://git.corp/x.git", Requested: "main", Commit: strings.Repeat("ab", 20)}}
		got := Build{}.fetch(pkg, errors.New(text))
		if said := source.NewReport(got).Text(func(*source.Excerpt) string { return "" }); !strings.Contains(said, "the login is missing or was rejected") || !strings.Contains(said, want) {
			t.Errorf("%s: %s, want %q", text, said, want)
		}
	}
}

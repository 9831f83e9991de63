package llb

import "testing"

func TestSSHAgent(t *testing.T) {
	ids := map[string]string{"git.corp": "corp", "git.corp:2222": "other", "::1": "six"}
	for remote, want := range map[string]string{
		"git@git.corp:group/omnibus.git":             "corp",
		"ssh://git@git.corp/group/omnibus.git":       "corp",
		"ssh://git@git.corp:22/group/omnibus.git":    "corp",
		"ssh://git@git.corp:2222/group/omnibus.git":  "other",
		"ssh://git@[::1]:2222/group/omnibus.git":     "six",
		"ssh://git@elsewhere:22/group/omnibus.git":   "default",
		"https://git.corp/group/omnibus.git":         "",
		"https://git.corp:2222/ssh/@git/omnibus.git": "",
	} {
		got := ""
		if host, ok := SSHHost(remote); ok {
			got = SSHAgent(ids, host)
		}
		if got != want {
			t.Errorf("%s: agent %q, want %q", remote, got, want)
		}
	}
}

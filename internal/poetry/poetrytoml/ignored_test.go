package poetrytoml_test

import (
	"strings"
	"testing"
)

func TestIgnored(t *testing.T) {
	for text, want := range map[string]string{
		"virtualenvs.options.system-site-packages = true":       "poetry.toml:1: virtualenvs.options.system-site-packages of poetry.toml has no effect here: the environment does not see packages of the base image or of apt\nhint: Add them as dependencies",
		"[virtualenvs.options]\nsystem-site-packages = true":    "poetry.toml:2: virtualenvs.options.system-site-packages",
		"virtualenvs = {options = {system-site-packages = 1}}":  "poetry.toml:1: virtualenvs.options.system-site-packages",
		"virtualenvs.options.system-site-packages = false":      "",
		"virtualenvs.options.no-pip = false":                    "virtualenvs.options.no-pip of poetry.toml has no effect here: the environment has no pip",
		"virtualenvs.options.no-pip = true":                     "",
		"virtualenvs.options.always-copy = true":                "",
		"virtualenvs.in-project = true\nvirtualenvs.path = 'x'": "",
		"virtualenvs.create = false":                            "", // the plan says it, where it matters
		"installer.parallel = false\ninstaller.max-workers = 1": "",
		"requests.max-retries = 3\nkeyring.enabled = false":     "",
		"repositories.x.url = 'https://x/upload'":               "", // for `poetry publish`
		"certificates.my-corp.cert = '/x/ca.pem'":               "certificates.my-corp.cert of poetry.toml has no effect here: no certificate is read from the project\nhint: Pass it as the build secret ca or POETRY_CERTIFICATES_MY_CORP_CERT.",
		"certificates.corp.client-cert = '/x/ca.pem'":           "Pass it as the build secret POETRY_CERTIFICATES_CORP_CLIENT_CERT.",
		"certificates.corp.cert = false":                        "certificates.corp.cert of poetry.toml has no effect here: certificates are always verified",
		"certificates.corp.verify = false":                      "certificates.corp.verify of poetry.toml has no effect here",
		"certificates.corp.cert = true":                         "",
		"[http-basic.corp]\nusername = 'u'\npassword = 'pw'":    "http-basic.corp of poetry.toml has no effect here: no login is read from a file of the project",
		"virtualenvs = 1\ncertificates = 'x'\nhttp-basic = []":  "",
		"virtualenvs.options = true\ncertificates.x = 'y'":      "",
	} {
		_, warnings, err := parse(text)
		var said []string
		for _, w := range warnings {
			said = append(said, w.Error())
		}
		got := strings.Join(said, "\n")
		if err != nil || want == "" && got != "" || len(said) > 1 || !strings.Contains(got, want) {
			t.Errorf("%s: %q, %v, want %q", text, got, err, want)
		}
		if strings.Contains(got, "pw") {
			t.Errorf("a password is said: %s", got)
		}
	}
}

package address

import (
	"net/url"
	"testing"
)

func parse(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestOrigin(t *testing.T) {
	for text, want := range map[string]string{
		"https://Host.test/x":         "https://host.test:443",
		"https://host.test:443/y":     "https://host.test:443",
		"https://host.test.:443/y":    "https://host.test:443",
		"http://host.test/x":          "http://host.test:80",
		"http://host.test:443/x":      "http://host.test:443",
		"HTTPS://host.test:8443/":     "https://host.test:8443",
		"https://[::1]/x":             "https://::1:443",
		"https://user@host.test/x":    "https://host.test:443",
		"https://evil.test@host.test": "https://host.test:443",
	} {
		if got := Origin(parse(t, text)); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestIsBelow(t *testing.T) {
	root := parse(t, "https://host.test/team/simple/")
	for text, want := range map[string]bool{
		"https://host.test/team/simple/a.whl":           true,
		"https://HOST.test:443/team/simple/x/a.whl":     true,
		"https://host.test/team/simple":                 false,
		"https://host.test/team/simplex/a.whl":          false,
		"https://host.test/team/a.whl":                  false,
		"https://host.test/team/simple/../a.whl":        false,
		"https://host.test/team/simple/%2e%2e/a.whl":    false,
		"https://host.test/team/simple/..%2fa.whl":      false,
		"https://host.test/team/simple/..\\a.whl":       false,
		"https://host.test/team//simple/a.whl":          false,
		"https://host.test/team/simple//a.whl":          false,
		"https://host.test/team/simple/./a.whl":         false,
		"http://host.test/team/simple/a.whl":            false,
		"https://host.test:8443/team/simple/a.whl":      false,
		"https://sub.host.test/team/simple/a.whl":       false,
		"https://host.test.evil.test/team/simple/a":     false,
		"https://host.test@evil.test/team/simple/a":     false,
		"https://host.test/team/simple/..;/a.whl":       false,
		"https://host.test/team/simple/%252e%252e/a":    false,
		"https://host.test/team%2Fsimple/a.whl":         false,
		"https://evil.test/team/simple/a.whl?host.test": false,
	} {
		if got := IsBelow(parse(t, text), root); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

func TestPublic(t *testing.T) {
	for text, want := range map[string]string{
		"https://host.test/a.whl":                                              "https://host.test/a.whl",
		"https://host.test/get?file=a.whl":                                     "https://host.test/get?file=a.whl",
		"https://ci:s3cret@host.test/a.whl":                                    "https://host.test/a.whl",
		"https://t0ken@host.test/a.git":                                        "https://host.test/a.git",
		"https://host.test/a.whl?X-Amz-Signature=s3cret&x=1":                   "https://host.test/a.whl",
		"https://host.test/a.whl?sig=s3cret":                                   "https://host.test/a.whl",
		"https://host.test/a.whl?private_token=s3cret":                         "https://host.test/a.whl",
		"https://host.test/a.whl?AWSAccessKeyId=s3cret":                        "https://host.test/a.whl",
		"https://host.test/a.whl?a=%zz;s3cret":                                 "https://host.test/a.whl",
		"ssh://git@host.test/a.git":                                            "ssh://git@host.test/a.git",
		"ssh://git:s3cret@host.test/a.git":                                     "ssh://host.test/a.git",
		"git@host.test:a.git":                                                  "git@host.test:a.git",
		"https://ci:s3cret@host.test:port/a":                                   "",
		"https://ci:s3cr%et@host.test/a":                                       "",
		"ci:s3cret@host.test:a.git":                                            "",
		"//ci:s3cret@host.test/a.git":                                          "",
		"https://host.test/a.whl?x=c2VjcmV0c2VjcmV0c2VjcmV0":                   "https://host.test/a.whl",
		"https://host.test/a.whl?c2VjcmV0c2VjcmV0c2VjcmV0":                     "https://host.test/a.whl",
		"https://host.test/a.whl#access_token=s3cret":                          "https://host.test/a.whl",
		"https://host.test/a.whl#sha256=00000000000000000000000000":            "https://host.test/a.whl#sha256=00000000000000000000000000",
		"https://host.test/a.whl?versionId=3HL4kqtJlcpXroDTDmJ_rmSp":           "https://host.test/a.whl?versionId=3HL4kqtJlcpXroDTDmJ_rmSp",
		"https://host.test/get?file=long-name-of-a-wheel-1.0.whl&inline=false": "https://host.test/get?file=long-name-of-a-wheel-1.0.whl&inline=false",
	} {
		if got := Public(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

package pyproject

import (
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/source"
)

// parseKey parses a file with one key.
func parseKey(t *testing.T, key, value string) (Config, error) {
	t.Helper()
	root, err := source.ParseTOML(&source.File{Name: "Dockerfile", Data: []byte(key + " = " + tomlString(value) + "\n")})
	if err != nil {
		t.Fatal(err)
	}
	return ParseConfig(root)
}

func tomlString(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\x00", `\u0000`, "\x1f", `\u001F`, "\u0085", `\u0085`, "\u2028", `\u2028`).Replace(s) + `"`
}

func TestUserSetting(t *testing.T) {
	for _, good := range []string{"app", "_apt", "www-data", "John.Doe", "root", "0", "0:0", "1001", "1001:0", "app:app", "app:0", "1001:staff", "2147483647"} {
		if c, err := parseKey(t, "user", good); err != nil || c.Image.User.Value != good {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{
		"-1", "+1", "2147483648", "99999999999999999999", "1:", ":1", ":", "1:-1", "app:", "a:b:c", "x y", " app", "app ", "1a", "0x10",
		"../x", ".", "a/b", "a\nb", "a\x00", "é", "$USER", "-app", strings.Repeat("a", 33), "app:" + strings.Repeat("a", 33),
	} {
		if _, err := parseKey(t, "user", bad); err == nil || !strings.Contains(err.Error(), "Dockerfile:1: user "+quote(bad)+" is not a name or a number") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for user, want := range map[string]bool{"": false, "root": true, "0": true, "00": true, "0:0": true, "root:staff": true, "0:5": true, "1:0": false, "rooted": false, "app": false} {
		if IsRoot(user) != want {
			t.Errorf("%q is root: %v", user, !want)
		}
	}
}

func quote(s string) string { return source.Errorf(source.Range{}, "%q", s).Message }

func TestWorkdir(t *testing.T) {
	for _, good := range []string{
		"/app", "/srv", "/srv//shop/", "/srv/./shop", "/usr/src/app", "/usr/src", "/usr/local/app", "/usr/lib/shop", "/opt/shop", "/opt/venv2",
		"/var/task", "/var/www/html", "/home/app", "/home", "/root", "/code", "/binary", "/etcetera", "/a b", "/straße",
	} {
		if c, err := parseKey(t, "workdir", good); err != nil || c.Image.Workdir.Value != good {
			t.Errorf("%q: %v", good, err)
		}
	}
	for bad, want := range map[string]string{
		"app": "is not an absolute path", "./app": "is not an absolute path", "../app": "is not an absolute path", " /app": "is not an absolute path", "\\app": "is not an absolute path",
		"/": "is not a folder for the project alone", "//": "is not a folder for the project alone", "/.": "is not a folder for the project alone", "/./": "is not a folder for the project alone", "///": "is not a folder for the project alone", "/usr": "is not a folder for the project alone", "/usr/": "is not a folder for the project alone",
		"//usr//": "is not a folder for the project alone", "/opt": "is not a folder for the project alone", "/usr/local": "is not a folder for the project alone", "/var/lib/": "is not a folder for the project alone",
		"/..": "contains \"..\"", "/app/..": "contains \"..\"", "/app/../srv": "contains \"..\"", "/../app": "contains \"..\"", "/app/../../etc": "contains \"..\"",
		"/etc": "system folder", "/etc/": "system folder", "/etc/shop": "system folder", "/proc": "system folder", "/proc/self/root": "system folder",
		"/sys/x": "system folder", "/dev/shm": "system folder", "/opt/venv": "system folder", "/opt/venv/": "system folder", "/opt//venv/lib": "system folder",
		"/opt/./venv": "system folder", "/usr/bin": "system folder", "/usr/local/bin/x": "system folder", "/lib/shop": "system folder", "/tmp/app": "system folder", "/run": "system folder",
		"/app\n/x": "control character", "/app\x00": "control character", "/app\r": "control character", "/a\u2028b": "control character", "/a\u0085b": "control character", "/a\x1f": "control character",
		"/" + strings.Repeat("a", 256): "too long", strings.Repeat("/aaaa", 300): "too long",
	} {
		if _, err := parseKey(t, "workdir", bad); err == nil || !strings.Contains(err.Error(), "Dockerfile:1: workdir "+quote(bad)+" ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", bad, err, want)
		}
	}
	_, _, err := Parse(&source.File{Name: "pyproject.toml", Data: []byte("[tool.poetry]\npackage-mode = false\n[tool.quatrain.target.x]\nworkdir = \"/app/..\"\n")})
	if err == nil || !strings.Contains(err.Error(), "pyproject.toml:4: workdir") {
		t.Errorf("of a target: %v", err)
	}
}

func TestTargetName(t *testing.T) {
	for name, good := range map[string]bool{
		"worker": true, "e2e.night": true, "a_b-c": true, "Worker2": true, "nächte": true,
		"": false, "a b": false, "a,b": false, "a/b": false, "a\nb": false, "a\x00": false, "../x": false, "$(x)": false, strings.Repeat("a", 101): false,
	} {
		root, err := source.ParseTOML(&source.File{Name: "Dockerfile", Data: []byte("[target." + tomlString(name) + "]\n")})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseConfig(root); (err == nil) != good || err != nil && !strings.Contains(err.Error(), "Dockerfile:1: "+quote(name)+" is not the name of a target") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

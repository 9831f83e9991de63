package source

import (
	"strings"
	"testing"
)

// shown is all that a report prints of a file, whichever line the error is in.
func shown(text string) string {
	f := &File{Name: "f", Data: []byte(text)}
	var b strings.Builder
	for line := range strings.Count(text, "\n") + 1 {
		r := Range{f, Position{line + 1, 1}, Position{line + 1, 2}}
		b.WriteString(NewReport(Errorf(r, "wrong")).Text((*Excerpt).String))
		b.Write(Sparse(f, []Range{r}))
	}
	return b.String()
}

// Wherever a secret is in a file, and however broken the file, no excerpt shows it.
func TestSecretsOfFiles(t *testing.T) {
	for name, text := range map[string]string{
		"a key":                      "API_TOKEN = \"s3cret\"",
		"a literal string":           "password = 's3cret'",
		"lines":                      "token = \"\"\"\na\ns3cret\nb\"\"\"\nx = 1",
		"literal lines":              "token = '''\ns3cret\n'''",
		"lines that are not closed":  "token = \"\"\"\ns3cret\nx = 1\n",
		"a string that is not":       "token = \"s3cret\nx = 1",
		"quotes in lines":            "token = \"\"\"a\"b\\\"\"\"s3cret\"\"\"",
		"a dotted key":               "env.DB.password = \"s3cret\"",
		"below a dotted key":         "secrets.db.main = \"s3cret\"",
		"spaces in a dotted key":     "env . \"db.password\" = \"s3cret\"",
		"a quoted key":               "\"API TOKEN\" = \"s3cret\"",
		"an escaped key":             "\"to\\u006ben\" = \"s3cret\"",
		"a header":                   "[tool.x.secrets]\nmain = \"s3cret\"",
		"a list of tables":           "[[tool.x.tokens]]\n\nmain = \"s3cret\"",
		"an inline table":            "env = { A = \"1\", TOKEN = \"s3cret\" }",
		"below an inline table":      "token = { value = \"s3cret\", x = [{ y = \"s3cret\" }] }",
		"an inline table of lines":   "x = [\n  { a = 1,\n token = \n \"s3cret\" },\n]",
		"a list":                     "tokens = [\n  \"a\",\n  \"s3cret\",\n]",
		"a list of lists":            "tokens = [[\"a\"],\n [\"s3cret\"]]",
		"no quotes":                  "token = s3cret",
		"no quotes in a list":        "tokens = [s3cret,\n s3cret]",
		"a value on the next line":   "token =\n  \"s3cret\"",
		"a value too many":           "token = \"a\" \"s3cret\"",
		"an equals sign too many":    "token = \"a\" = \"s3cret\"",
		"a bracket before":           "x = [\ny = 1\ntoken = \"s3cret\"",
		"a header after a bracket":   "x = [\n[secrets]\ny = \"s3cret\"",
		"a quote before":             "x = \"\ntoken = \"s3cret\"",
		"a comment":                  "x = 1 # token = 's3cret'",
		"quotes in a comment":        "# it's \"\"\" of\ntoken = \"\"\"\ns3cret\"\"\"",
		"camel case":                 "clientSecret = \"\"\"\ns3cret\"\"\"",
		"a byte order mark":          "\xef\xbb\xbftoken = \"\"\"\ns3cret\"\"\"",
		"carriage returns":           "token = \"\"\"\r\ns3cret\r\n\"\"\"\r\n",
		"a long value":               "x = 1\ntoken = \"" + strings.Repeat("s3cret", 2000) + "\"",
		"a login":                    "url = \"https://ci:s3cret@host/simple\"",
		"a user":                     "url = \"https://s3cret@host/simple\"",
		"a login of git":             "d = \"x @ git+https://ci:s3cret@host/r.git@main\"",
		"a login of git over SSH":    "d = \"git+ssh://git:s3cret@host/r.git\"",
		"a login of SSH":             "d = {git = \"ssh://user:s3cret@host/r.git\"}",
		"a login of a database":      "env = {DSN = \"postgresql+asyncpg://shop:s3cret@db:5432/shop\"}",
		"a login without a scheme":   "url = \"//ci:s3cret@host/simple\"",
		"an encoded password":        "url = \"https://ci:s3cret%40x@host/simple\"",
		"an encoded login":           "url = \"https://proxy/?to=https%3A%2F%2Fci%3As3cret%40host%2F\"",
		"an encoded login, twice":    "url = \"https://proxy/?to=https%253A%252F%252Fci%253As3cret%2540host\"",
		"an encoded query":           "url = \"https://proxy/?to=https%3A%2F%2Fhost%3Ftoken%3Ds3cret\"",
		"a continued login":          "url = \"\"\"https://ci:\\\n   s3cret@host/simple\"\"\"",
		"a login that is cut":        "url = \"\"\"https://ci:s3c\\\n  ret@host/simple\"\"\"",
		"a scheme that is cut":       "url = \"\"\"https:/\\\n\n  /ci:s3cret@host/simple\"\"\"",
		"a query that is cut":        "url = \"\"\"https://h/?X-Amz-Sig\\\n  nature=s3cret\"\"\"",
		"an escaped at":              "url = \"https://ci:s3cret\\u0040host/simple\"",
		"an escaped slash":           "url = \"https:/\\U0000002Fci:s3cret@host/simple\"",
		"a signature":                "url = \"https://b.example/f?X-Amz-Signature=s3cret&x=1\"",
		"Amazon's token":             "url = \"https://b.example/f?a=1&X-Amz-Security-Token=s3cret\"",
		"Azure's signature":          "url = \"https://b.example/f?se=1&sig=s3cret\"",
		"a token":                    "url = \"https://b.example/f?token=s3cret#sha256=00\"",
		"a token behind a hash sign": "url = \"https://b.example/f#access_token=s3cret\"",
	} {
		t.Run(name, func(t *testing.T) {
			got := shown(text)
			for _, part := range []string{"s3cret", "s3c\\", "  ret@"} {
				if strings.Contains(got, part) {
					t.Errorf("%q is shown of %q:\n%s", part, text, got)
				}
			}
		})
	}
}

// What is no secret is shown: it may be what is wrong.
func TestNoSecrets(t *testing.T) {
	for _, line := range []string{
		`tokenizers = ">=0.15"`, `secretstorage = "^3"`, `name = "token"`, `hash = "sha256:ab"`, `keyring = "^25"`, `monkey = "x"`,
		`google-cloud-secret-manager = "^2"`, `max-tokens-count = 5`, `token = true`, `url = "https://pypi.org/simple/"`,
		`git = "ssh://git@github.com/a/b.git"`, `version = "1" # https://peps.python.org/pep-0440/#x=1`, `a = [1, [2], {b = "c"}]`,
		`x = "a = 'b'"`, `email = "<me@example.com>"`, `url = "http://localhost:8080/a@1"`, `apitokens1 = "x"`, `betoken = "x"`,
	} {
		if got := shown(line); !strings.Contains(got, line) {
			t.Errorf("%s is shown as\n%s", line, got)
		}
	}
	text := "[secrets]\na = \"x\"\n[tool.poetry]\nname = \"shop\"\ntokens = [\"x\"]\nversion = \"1.2\"\n"
	if got := shown(text); !strings.Contains(got, "name = \"shop\"") || !strings.Contains(got, "version = \"1.2\"") {
		t.Errorf("a secret goes on:\n%s", got)
	}
}

// FuzzSecret: whatever is around it, a secret is in no excerpt, and lines keep their
// places.
func FuzzSecret(f *testing.F) {
	f.Add("x = 1\n", "\ny = 2\n", byte(0))
	f.Add("x = [\n{a = \"b\", ", "}", byte(3))
	f.Add("[a]\n# '''\nz = \"\"\"a\"\"\"", "\"", byte(5))
	forms := []string{
		"\ntoken = \"%s\"\n", "\npassword = '%s'\n", "\na.api_key = %s\n", "\ntokens = [\"%s\",\n'%s']\n", "\nsecret = \"\"\"\n%s\n\"\"\"\n",
		"\nurl = \"https://ci:%s@host/\"\n", "\nurl = \"\"\"https://ci:\\\n  %s@host/\"\"\"\n", "\nurl = 'https://h/?X-Amz-Signature=%s'\n",
		"\n[secrets]\na = \"%s\"\n", "\nx = {token = {a = \"%s\"}}\n",
	}
	const secret = "s3cretvalue"
	f.Fuzz(func(t *testing.T, before, after string, form byte) {
		if len(before)+len(after) > 500 || strings.Contains(before+after, secret) {
			return
		}
		// What is before must not hold the secret in another string, or the form is none.
		if strings.Contains(before, `"""`) || strings.Contains(before, "'''") {
			return
		}
		text := before + strings.ReplaceAll(forms[int(form)%len(forms)], "%s", secret) + after
		out := concealed([]byte(text))
		if len(out) != len(text) {
			t.Fatalf("%d bytes of %d", len(out), len(text))
		}
		for i := range out {
			if (out[i] == '\n') != (text[i] == '\n') {
				t.Fatalf("the lines of %q move: %q", text, out)
			}
		}
		if got := shown(text); strings.Contains(got, secret) {
			t.Errorf("%q:\n%s", text, got)
		}
	})
}

// Reading a file for its secrets takes few allocations for each byte, whatever is in it.
func TestConcealedIsLinear(t *testing.T) {
	for _, piece := range []string{"#", "[", "{", "\"", "'", "\"\"\"", "\\", "\\\n", "=", "a", "[a]\n", "token=", "\n", "https://a", "\"https://a:", "%2540", "?token="} {
		text := []byte(strings.Repeat(piece, 1<<15/len(piece)))
		if got := testing.AllocsPerRun(1, func() { concealed(text) }); got > 2*float64(len(text)) {
			t.Errorf("%q: %v allocations for %d bytes", piece, got, len(text))
		}
	}
}

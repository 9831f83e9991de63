package wheels

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// The texts of a wheel's metadata that tests vary.
var texts = map[string]func(string) []entry{
	"FuzzEntryPoints": points,
	"FuzzRecord":      record,
	"FuzzHeader":      about,
}

// Texts that the installer's fuzzers found interesting mean to Quatrain what they
// mean to Poetry.
func TestFuzzed(t *testing.T) {
	both := start(t, filepath.Join(t.TempDir(), "venv"))
	for fuzzer, wheel := range texts {
		files, err := filepath.Glob(filepath.Join("../../internal/helper/wheel/testdata/fuzz", fuzzer, "*"))
		if err != nil || len(files) == 0 {
			t.Fatal(fuzzer, err)
		}
		for _, file := range files {
			t.Run(fuzzer+" "+filepath.Base(file), func(t *testing.T) {
				both.made(t, pack(t, wheel(corpusText(t, file))), "")
			})
		}
	}
	both.report(t)
}

// corpusText is the first argument in a file of a fuzzer's corpus, which is a []byte.
func corpusText(t *testing.T, file string) string {
	t.Helper()
	lines, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	line := strings.Split(string(lines), "\n")[1]
	text, err := strconv.Unquote(strings.TrimSuffix(strings.TrimPrefix(line, "[]byte("), ")"))
	if err != nil {
		t.Fatalf("%s: %q: %v", file, line, err)
	}
	return text
}

// tokens are what random texts are made of: a text that one reader takes and the
// other does not is near one that both take. Without "%" and [DEFAULT], see refusals.
var tokens = map[string][]string{
	"FuzzEntryPoints": {"[console_scripts]\n", "[gui_scripts]\n", "[x]\n", "x = a:b\n", "y = a.b:c.d [e]\n", "\n", "\n", " ", "\t",
		"z", "=", ":", "a", ".", "é²", "#", ";", "[", "]", "\r\n", "\r", "\v", "\x1c", "\u00a0", "\u2003", "\ufeff", "\x00", "\"", "\\"},
	"FuzzRecord": {"demo.py,sha256=a,1\n", "demo-1.0.dist-info/RECORD,,\n", "demo.py", ",", ",", "\n", "\"", "\"\"", "sha256=a", "md5=b", "sha3_256=",
		"MD5=", "=", "1", "-1", " 1", "1_0", "_", "٣", "x", "\\", "/", "./", "\r", "\r\n", "\v", "\u2028", "\x85", "\x00", "'"},
	"FuzzHeader": {"Wheel-Version: 1.0\n", "Root-Is-Purelib: true\n", "Wheel-Version", ":", "1.0", "1.", "2.0", " ", "\t", "\n", "\n", "\r", "\r\n",
		"X: y\n", "root-is-purelib", "true", "é", "\x00", "\v", "\u2028", "From x\n", "--\n"},
}

// Random texts mean to Quatrain what they mean to Poetry. QUATRAIN_SEEDS says how
// many of each kind.
func TestRandom(t *testing.T) {
	seeds, err := strconv.Atoi(os.Getenv("QUATRAIN_SEEDS"))
	if err != nil {
		seeds = 60
	}
	both := start(t, filepath.Join(t.TempDir(), "venv"))
	for kind, wheel := range texts {
		for seed := range uint64(seeds) {
			r := rand.New(rand.NewPCG(seed, 0))
			words := tokens[kind]
			text := words[r.IntN(2)] + words[r.IntN(len(words))]
			for range r.IntN(6) {
				i := r.IntN(len(text) + 1)
				text = text[:i] + words[r.IntN(len(words))] + text[i:]
			}
			t.Run(kind+" "+strconv.Itoa(int(seed)), func(t *testing.T) {
				both.made(t, pack(t, wheel(text)), "")
				if t.Failed() {
					t.Logf("%q", text)
				}
			})
		}
	}
	both.report(t)
}

// names are of the kinds that installers trip over.
var names = []string{"x", "x/y", "x/y/z", "a/", "x/", "./x", "x//y", "x/./y", "../x", "/x", "..", ".", "x/..", `x\y`, "x ", "é", "\xff",
	"demo-1.0.data", data, data + "scripts", data + "scripts/x", data + "scripts/python", data + "data/bin/x", data + "data/lib/python3.11/site-packages/x",
	data + "purelib/x", data + "platlib/x/y", data + "headers/x", data + "data/pyvenv.cfg", data + "nope/x", "Demo-1.0.data/scripts/x",
	"demo-1.1.data/scripts/x", info + "INSTALLER", info + "x/RECORD.jws", info + "RECORD", info + "WHEEL", "other-1.dist-info", "other.dist-info/x",
	"__pycache__/x", "x/__pycache__/y", "__pycache__"}

// Random archives are installed, or refused, as by Poetry; where Quatrain only
// refuses one, the reason has a name.
func TestRandomArchives(t *testing.T) {
	seeds, err := strconv.Atoi(os.Getenv("QUATRAIN_SEEDS"))
	if err != nil {
		seeds = 100
	}
	both := start(t, filepath.Join(t.TempDir(), "venv"))
	for seed := range uint64(seeds) {
		r := rand.New(rand.NewPCG(seed, 1))
		var entries []entry
		for range 1 + r.IntN(4) {
			e := entry{name: names[r.IntN(len(names))], text: []string{"", "", "#!python x\n", "#!pythonw"}[r.IntN(4)],
				mode: []uint32{0, 0, 0, mode0, 0o755, 0o100755, 0o100001, 0o040755, 0o120777}[r.IntN(9)], flags: []uint16{0, 0, 0, 0x800}[r.IntN(4)]}
			entries = append(entries, e)
		}
		entries = append(entries, points("[console_scripts]\nx = a:b\n")...)
		t.Run(strconv.Itoa(int(seed)), func(t *testing.T) {
			both.made(t, pack(t, entries), anyReason)
			if t.Failed() {
				t.Logf("%+v", entries)
			}
		})
	}
	both.report(t)
}

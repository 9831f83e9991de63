package wheel

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/internal/step/fixed"
)

// f is one entry of a wheel made for a test.
type f struct {
	name, text string
	mode       uint32 // st_mode; 0: none given
}

const wheelFile = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"

// demo is a good wheel's entries, with more at their front.
func demo(more ...f) []f {
	return append(more,
		f{"demo-1.0.dist-info/METADATA", "Name: demo\n", 0},
		f{"demo-1.0.dist-info/WHEEL", wheelFile, 0},
		f{"demo-1.0.dist-info/RECORD", "", 0})
}

func makeWheel(t testing.TB, name string, entries []f) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate, ExternalAttrs: e.mode << 16}
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(e.name, "/") {
			if _, err := w.Write([]byte(e.text)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// installInto installs wheels one after another and returns the tree's folder and the warnings.
func installInto(t testing.TB, venv string, direct string, files ...string) (string, string, error) {
	t.Helper()
	out := t.TempDir()
	tree, err := NewTree(out, venv, "3.12")
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	var warnings bytes.Buffer
	for _, file := range files {
		if _, err := Install(file, tree, Options{DirectURL: direct, Warnings: &warnings}); err != nil {
			return out, warnings.String(), err
		}
	}
	return filepath.Join(out, venv), warnings.String(), nil
}

// list is path → mode and text of the files below root.
func list(t testing.TB, root string) map[string]string {
	t.Helper()
	got := map[string]string{}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		text, err := os.ReadFile(p)
		rel, _ := filepath.Rel(root, p)
		got[rel] = fmt.Sprintf("%o %s", info.Mode().Perm(), text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

const site = "lib/python3.12/site-packages/"

func TestInstallEverything(t *testing.T) {
	file := makeWheel(t, "Demo-1.0-1-py3-none-any.whl", demo(
		f{"demo/", "", 0o40755},
		f{"demo/__init__.py", "x = 1\n", 0o100644},
		f{"demo/tool", "bin", 0o100700},
		f{"demo/__pycache__/x.cpython-312.pyc", "pyc", 0},
		f{"Demo-1.0.data/scripts/plain", "#!python -E\nprint()\n", 0o100755},
		f{"Demo-1.0.data/scripts/windowed", "#!pythonw", 0o100644},
		f{"Demo-1.0.data/scripts/other", "#!/bin/sh\n", 0o100755},
		f{"Demo-1.0.data/headers/demo.h", "h", 0},
		f{"Demo-1.0.data/data/share/man/demo.1", "man", 0},
		f{"Demo-1.0.data/data/lib64/x", "64", 0},
		f{"Demo-1.0.data/platlib/plat.so", "so", 0},
		f{"a,b.txt", "comma", 0},
		f{"demo-1.0.dist-info/entry_points.txt", "[console_scripts]\n# c\nDemo.X = demo.sub:obj.attr [extra]\nplain = demo:main\n[other]\nz = q\n", 0},
	))
	root, warnings, err := installInto(t, "/opt/venv", `{"url": "x"}`, file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(warnings, "left out 1 files in __pycache__") || !strings.Contains(warnings, "RECORD: ") {
		t.Errorf("warnings: %s", warnings)
	}
	const info = site + "demo-1.0.dist-info/"
	want := map[string]string{
		site + "demo/__init__.py": "644 x = 1\n",
		site + "demo/tool":        "755 bin",
		site + "plat.so":          "644 so",
		site + "a,b.txt":          "644 comma",
		"bin/plain":               "755 #!/opt/venv/bin/python\nprint()\n",
		"bin/windowed":            "644 #!/opt/venv/bin/python\n",
		"bin/other":               "755 #!/bin/sh\n",
		"bin/Demo.X": "755 #!/opt/venv/bin/python\n# -*- coding: utf-8 -*-\nimport re\nimport sys\nfrom demo.sub import obj\n" +
			"if __name__ == \"__main__\":\n    sys.argv[0] = re.sub(r\"(-script\\.pyw|\\.exe)?$\", \"\", sys.argv[0])\n    sys.exit(obj.attr())\n",
		"include/site/python3.12/Demo/demo.h": "644 h",
		"share/man/demo.1":                    "644 man",
		"lib/x":                               "644 64",
		info + "METADATA":                     "644 Name: demo\n",
		info + "WHEEL":                        "644 " + wheelFile,
		info + "entry_points.txt":             "644 [console_scripts]\n# c\nDemo.X = demo.sub:obj.attr [extra]\nplain = demo:main\n[other]\nz = q\n",
		info + "INSTALLER":                    "644 quatrain",
		info + "direct_url.json":              `644 {"url": "x"}`,
	}
	got := list(t, root)
	record := got[info+"RECORD"]
	delete(got, info+"RECORD")
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if got[name] != want[name] {
			t.Errorf("%s: got %q, want %q", name, got[name], want[name])
		}
	}
	for name := range want {
		if _, found := got[name]; !found {
			t.Errorf("%s: missing", name)
		}
	}
	var paths []string
	for line := range strings.Lines(strings.TrimPrefix(record, "644 ")) {
		paths = append(paths, line[:strings.LastIndex(line[:strings.LastIndex(line, ",")], ",")])
	}
	wantPaths := []string{
		"../../../bin/Demo.X", `"a,b.txt"`, "demo/__init__.py", "demo/tool", "demo-1.0.dist-info/INSTALLER",
		"demo-1.0.dist-info/METADATA", "demo-1.0.dist-info/RECORD", "demo-1.0.dist-info/WHEEL",
		"demo-1.0.dist-info/direct_url.json", "demo-1.0.dist-info/entry_points.txt",
		"../../../include/site/python3.12/Demo/demo.h", "../../../lib64/x", "../../../bin/other",
		"../../../bin/plain", "./plat.so", "../../../share/man/demo.1", "../../../bin/windowed",
	}
	slices.Sort(paths)
	slices.Sort(wantPaths)
	if !slices.Equal(paths, wantPaths) {
		t.Errorf("RECORD has\n%s\nwant\n%s", strings.Join(paths, "\n"), strings.Join(wantPaths, "\n"))
	}
	if !strings.Contains(record, "demo/__init__.py,sha256=nia_NpkRxFwkPGhBR7I_yeHc_PJX0pmhxjIBam_NM_Q,6\n") {
		t.Errorf("RECORD: %s", record)
	}
}

func TestRefused(t *testing.T) {
	const info = "demo-1.0.dist-info/"
	tests := map[string]struct {
		entries []f
		want    string
	}{
		"absolute":             {demo(f{"/etc/passwd", "x", 0}), "absolute path"},
		"parent":               {demo(f{"demo/../../x", "x", 0}), "leaves its folder"},
		"parent folder entry":  {demo(f{"../", "", 0}), "leaves its folder"},
		"inner parent":         {demo(f{"demo/../x", "x", 0}), "leaves its folder"},
		"parent in data":       {demo(f{"demo-1.0.data/data/../x", "x", 0}), "leaves its folder"},
		"backslash":            {demo(f{`demo\x.py`, "x", 0}), "backslash"},
		"NUL":                  {demo(f{"demo/x\x00.py", "x", 0}), "control character"},
		"line end":             {demo(f{"demo/x\n.py", "x", 0}), "control character"},
		"nameless":             {demo(f{"./.", "x", 0}), "names no file"},
		"link":                 {demo(f{"demo/x", "/etc/passwd", 0o120777}), "symbolic link"},
		"device":               {demo(f{"demo/x", "", 0o020666}), "neither file nor folder"},
		"file called a folder": {demo(f{"demo/x", "", 0o040755}), "neither file nor folder"},
		"two contents":         {demo(f{"x", "1", 0}, f{"x", "2", 0}), "two entries"},
		"two spellings":        {demo(f{"x", "1", 0}, f{"./x", "2", 0}), "two entries"},
		"two schemes":          {demo(f{"x", "1", 0}, f{"demo-1.0.data/purelib/x", "2", 0}), "two entries"},
		"file and folder":      {demo(f{"x", "1", 0}, f{"x/y", "2", 0}), "a file to one entry"},
		"folder and file":      {demo(f{"x/y", "1", 0}, f{"x", "2", 0}), "a file to one entry"},
		"long name":            {demo(f{strings.Repeat("n", 300), "1", 0}), "too long"},
		"long path":            {demo(f{strings.Repeat("n/", 2040) + "n", "1", 0}), "path too long"},
		"many folders":         {demo(manyFolders()...), "more than 250000 folders"},
		"no dist-info":         {[]f{{"x", "", 0}}, "no .dist-info"},
		"two dist-infos":       {demo(f{"other-1.dist-info/WHEEL", "", 0}), "more than one .dist-info"},
		"another's dist-info":  {[]f{{"other-1.dist-info/WHEEL", wheelFile, 0}}, "another package"},
		"no WHEEL":             {[]f{{info + "RECORD", "", 0}}, "no WHEEL"},
		"no RECORD":            {[]f{{info + "WHEEL", wheelFile, 0}}, "no RECORD"},
		"version 2":            {[]f{{info + "WHEEL", "Wheel-Version: 2.0\n", 0}, {info + "RECORD", "", 0}}, "only 1.x"},
		"version 10":           {[]f{{info + "WHEEL", "Wheel-Version: 10.0\n", 0}, {info + "RECORD", "", 0}}, "only 1.x"},
		"scheme":               {demo(f{"demo-1.0.data/nope/x", "", 0}), ".data may have"},
		"scheme as a file":     {demo(f{"demo-1.0.data/scripts", "", 0}), ".data may have"},
		"interpreter":          {demo(f{"demo-1.0.data/scripts/python3", "", 0}), "belongs to the environment"},
		"interpreter by data":  {demo(f{"demo-1.0.data/data/bin/python3.12", "", 0}), "belongs to the environment"},
		"pyvenv.cfg":           {demo(f{"demo-1.0.data/data/pyvenv.cfg", "", 0}), "belongs to the environment"},
		"lib64":                {demo(f{"demo-1.0.data/data/lib64", "", 0}), "belongs to the environment"},
		"script path":          {demo(f{info + "entry_points.txt", "[console_scripts]\n../x = a:b\n", 0}), "not a file name"},
		"script python":        {demo(f{info + "entry_points.txt", "[console_scripts]\npython = a:b\n", 0}), "belongs to the environment"},
		"script code":          {demo(f{info + "entry_points.txt", "[console_scripts]\nx = a:b;import os\n", 0}), "not module:attribute"},
		"script code below":    {demo(f{info + "entry_points.txt", "[console_scripts]\nx = a:b\n  import os\n", 0}), "not module:attribute"},
		"line separator":       {demo(f{"a\u2028b.py", "x", 0}), "line separator"},
		"paragraph separator":  {demo(f{"demo-1.0.data/data/a\u2029b", "x", 0}), "line separator"},
		"next line":            {demo(f{"a\u0085b.py", "x", 0}), "control character"},
		"tab":                  {demo(f{"a\tb.txt", "x", 0}), "control character"},
		"folder for python":    {demo(f{"demo-1.0.data/data/bin/python/x", "", 0}), "belongs to the environment"},
		"folder for python3":   {demo(f{"demo-1.0.data/scripts/python3/x/y", "", 0}), "belongs to the environment"},
		"folder for pypy":      {demo(f{"demo-1.0.data/data/bin/PyPy3/x", "", 0}), "belongs to the environment"},
		"folder for the cfg":   {demo(f{"demo-1.0.data/data/pyvenv.cfg/x", "", 0}), "belongs to the environment"},
		"file for bin":         {demo(f{"demo-1.0.data/data/bin", "", 0}), "belongs to the environment"},
		"file for lib":         {demo(f{"demo-1.0.data/data/lib", "", 0}), "belongs to the environment"},
		"file by lib64":        {demo(f{"demo-1.0.data/data/lib64/python3.12", "", 0}), "a file to one entry"},
		"activate":             {demo(f{"demo-1.0.data/scripts/activate", "", 0}), "belongs to the environment"},
		"activate.fish":        {demo(f{"demo-1.0.data/data/bin/activate.fish", "", 0}), "belongs to the environment"},
		"another's RECORD":     {demo(f{"demo-1.0.data/purelib/zz-9.dist-info/RECORD", "", 0}), "belongs to another package"},
		"another's by platlib": {demo(f{"demo-1.0.data/platlib/zz-9.dist-info/METADATA", "", 0}), "belongs to another package"},
		"another's by data":    {demo(f{"demo-1.0.data/data/lib/python3.12/site-packages/zz-9.dist-info/RECORD", "", 0}), "belongs to another package"},
		"another's by lib64":   {demo(f{"demo-1.0.data/data/lib64/python3.12/site-packages/zz-9.dist-info/RECORD", "", 0}), "belongs to another package"},
		"another's, capitals":  {demo(f{"demo-1.0.data/purelib/zz-9.DIST-INFO/RECORD", "", 0}), "belongs to another package"},
		"script activate":      {demo(f{info + "entry_points.txt", "[gui_scripts]\nactivate = a:b\n", 0}), "belongs to the environment"},
		"script option":        {demo(f{info + "entry_points.txt", "[console_scripts]\n-x = a:b\n", 0}), "not a file name"},
		"script separator":     {demo(f{info + "entry_points.txt", "[console_scripts]\nx\u2028y = a:b\n", 0}), "not a file name"},
		"script reversed":      {demo(f{info + "entry_points.txt", "[console_scripts]\nx\u202ey = a:b\n", 0}), "not a file name"},
		"script long":          {demo(f{info + "entry_points.txt", "[console_scripts]\n" + strings.Repeat("x", 256) + " = a:b\n", 0}), "not a file name"},
		"scripts without end":  {demo(f{info + "entry_points.txt", manyScripts(), 0}), "more than 10000 scripts"},
		"value without end":    {demo(f{info + "entry_points.txt", "[x]\na = b\n" + strings.Repeat(" c\n", 300_000), 0}), "is longer than 4096 bytes"},
		"long WHEEL":           {[]f{{info + "WHEEL", wheelFile + strings.Repeat("\n", 1<<20), 0}, {info + "RECORD", "", 0}}, "WHEEL is longer"},
		"long entry points":    {demo(f{info + "entry_points.txt", strings.Repeat("#\n", 1<<20), 0}), "entry_points.txt is longer"},
		"long RECORD":          {[]f{{info + "WHEEL", wheelFile, 0}, {info + "RECORD", strings.Repeat(strings.Repeat("x", 1<<20)+"\n", 65), 0}}, "RECORD is longer"},
		"many rows":            {[]f{{info + "WHEEL", wheelFile, 0}, {info + "RECORD", strings.Repeat(",,\n", 500_001), 0}}, "more than 500000 rows"},
		"many dist-infos":      {demo(manyInfos()...), "and 1 more"},
		"no attribute":         {demo(f{info + "entry_points.txt", "[console_scripts]\nx = a.b\n", 0}), "not module:attribute"},
		"percent":              {demo(f{info + "entry_points.txt", "[console_scripts]\nx = a:b [%(y)s]\n", 0}), "not module:attribute"},
		"defaults":             {demo(f{info + "entry_points.txt", "[DEFAULT]\nx = a:b\n", 0}), "not allowed"},
		"old line ends":        {demo(f{info + "entry_points.txt", "[console_scripts]\nx = a:b\ry = c:d\n", 0}), "not module:attribute"},
		"data as a file":       {demo(f{"demo-1.0.data", "", 0}), ".data may have"},
		"dist-info as a file":  {demo(f{"other-1.dist-info", "", 0}), "more than one .dist-info"},
		"WHEEL not UTF-8":      {[]f{{info + "WHEEL", wheelFile + "X: \xff\n", 0}, {info + "RECORD", "", 0}}, "WHEEL is not UTF-8"},
		"key twice":            {demo(f{info + "entry_points.txt", "[console_scripts]\nx = a:b\nx = c:d\n", 0}), "twice"},
		"bomb":                 {demo(f{"zeros", strings.Repeat("\x00", ratioFree+1), 0}), "unpacks to more"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			file := makeWheel(t, "demo-1.0-py3-none-any.whl", test.entries)
			_, _, err := installInto(t, "/opt/venv", "", file)
			p := step.Problems(err)
			if len(p) != 1 || p[0].Kind != step.BadWheel || p[0].Package != "demo" || p[0].File != "demo-1.0-py3-none-any.whl" {
				t.Fatalf("got %+v", p)
			}
			if !strings.Contains(p[0].Message, test.want) || len(p[0].Message) > 2000 {
				t.Errorf("%q does not say %q", p[0].Message, test.want)
			}
		})
	}
}

func manyScripts() string {
	var b strings.Builder
	b.WriteString("[console_scripts]\n")
	for i := range 10_001 {
		fmt.Fprintf(&b, "x%d = a:b\n", i)
	}
	return b.String()
}

func manyInfos() []f {
	var all []f
	for i := range 5 {
		all = append(all, f{fmt.Sprintf("other-%d.dist-info/WHEEL", i), "", 0})
	}
	return all
}

// manyFolders is a small archive that would take gigabytes for its folders alone.
func manyFolders() []f {
	var entries []f
	for i := range 130 {
		entries = append(entries, f{strconv.Itoa(i) + strings.Repeat("/n", 1990), "", 0})
	}
	return entries
}

func TestAccepted(t *testing.T) {
	for name, entries := range map[string][]f{
		"same content twice": demo(f{"x", "1", 0}, f{"x", "1", 0}),
		"old attributes":     demo(f{"x", "1", 0o644}),
		"dots":               demo(f{"./..x/...", "1", 0}),
		"other .data":        demo(f{"other-2.data/x", "1", 0}),
		"a folder as a file": demo(f{"demo/", "", 0o100755}, f{"demo/x", "1", 0}),
		"own RECORD by data": demo(f{"demo-1.0.data/purelib/demo-1.0.dist-info/RECORD", "x", 0}),
		"nested dist-info":   demo(f{"demo/_vendor/other-1.dist-info/RECORD", "x", 0}),
		"format characters":  demo(f{"demo/\U0001f468\u200d\U0001f469.txt", "1", 0}),
		"bin in the project": demo(f{"bin/python", "1", 0}, f{"lib", "1", 0}),
		"like an activate":   demo(f{"demo-1.0.data/scripts/activate-global-python-argcomplete", "1", 0}, f{"demo-1.0.data/scripts/pip", "1", 0}),
	} {
		file := makeWheel(t, "demo-1.0-py3-none-any.whl", entries)
		if _, _, err := installInto(t, "/opt/venv", "", file); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDamaged(t *testing.T) {
	file := makeWheel(t, "demo-1.0-py3-none-any.whl", demo(f{"x", strings.Repeat("text", 1000), 0}))
	whole, _ := os.ReadFile(file)
	for name, text := range map[string][]byte{
		"empty": nil, "cut": whole[:len(whole)/2], "text": []byte("<html>"),
		"changed": append(bytes.Clone(whole[:40]), append([]byte{whole[40] ^ 0xff}, whole[41:]...)...),
	} {
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
		_, _, err := installInto(t, "/opt/venv", "", file)
		if p := step.Problems(err); len(p) != 1 || p[0].Kind != step.BadWheel {
			t.Errorf("%s: %+v", name, p)
		}
	}
	_, _, err := installInto(t, "/opt/venv", "", file+"x")
	if p := step.Problems(err); len(p) != 1 || p[0].Kind != step.BadWheel {
		t.Errorf("file name: %+v", p)
	}
	_, _, err = installInto(t, "/opt/venv", "", "/nowhere/demo-1.0-py3-none-any.whl")
	if p := step.Problems(err); len(p) != 1 || p[0].Kind != step.Failed || p[0].Package != "demo" {
		t.Errorf("no file: %+v", p)
	}
}

func TestOverlap(t *testing.T) {
	other := func(text string) []f {
		return []f{{"ns/__init__.py", text, 0}, {"other-1.dist-info/WHEEL", wheelFile, 0}, {"other-1.dist-info/RECORD", "ns/__init__.py,,\nother-1.dist-info/WHEEL,,\nother-1.dist-info/RECORD,,\n", 0}}
	}
	first := makeWheel(t, "demo-1.0-py3-none-any.whl", demo(f{"ns/__init__.py", "1", 0}))
	for text, warned := range map[string]bool{"1": false, "2": true} {
		root, warnings, err := installInto(t, "/v", "", first, makeWheel(t, "other-1-py3-none-any.whl", other(text)))
		if err != nil {
			t.Fatal(err)
		}
		if got := list(t, root)[site+"ns/__init__.py"]; got != "644 "+text {
			t.Errorf("%s: the later wheel did not win: %s", text, got)
		}
		if strings.Contains(warnings, "replaces the one of demo-1.0") != warned {
			t.Errorf("%s: warnings %q", text, warnings)
		}
	}
}

func TestShebang(t *testing.T) {
	long := "/" + strings.Repeat("x", 124)
	for interpreter, want := range map[string]string{
		"/v/bin/python": "#!/v/bin/python",
		long[:124]:      "#!" + long[:124],
		long:            "#!/bin/sh\n'''exec' " + long + " \"$0\" \"$@\"\n' '''",
		"/a b'c/python": "#!/bin/sh\n'''exec' '/a b'\"'\"'c/python' \"$0\" \"$@\"\n' '''",
	} {
		if got := shebang(interpreter); got != want {
			t.Errorf("%s:\n got %q\nwant %q", interpreter, got, want)
		}
	}
}

func TestRun(t *testing.T) {
	good := makeWheel(t, "demo-1.0-py3-none-any.whl", demo(f{"demo/x.py", "", 0}))
	hash := func() string {
		s := step.Install{Python: "3.12", Venv: "/opt/venv", Out: t.TempDir(), Wheels: []step.Wheel{{Path: good}}}
		if err := Run(s); err != nil {
			t.Fatal(err)
		}
		h := sha256.New()
		err := filepath.WalkDir(s.Out, func(p string, d fs.DirEntry, err error) error {
			info, _ := d.Info()
			if !info.ModTime().Equal(fixed.Time) {
				t.Errorf("%s has time %v", p, info.ModTime())
			}
			if d.IsDir() && info.Mode().Perm() != 0o755 {
				t.Errorf("%s has mode %v", p, info.Mode())
			}
			fmt.Fprintln(h, strings.TrimPrefix(p, s.Out), info.Mode())
			if !d.IsDir() {
				text, _ := os.ReadFile(p)
				h.Write(text)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%x", h.Sum(nil))
	}
	if first, second := hash(), hash(); first != second {
		t.Error("two runs, two trees")
	}
	bad := filepath.Join(t.TempDir(), "bad-1-py3-none-any.whl")
	os.WriteFile(bad, []byte("no"), 0o644)
	err := Run(step.Install{Python: "3.12", Venv: "/v", Out: t.TempDir(), Wheels: []step.Wheel{{Path: bad}, {Path: good}, {Path: bad}}})
	if p := step.Problems(err); len(p) != 2 || p[1].Package != "bad" {
		t.Errorf("%+v", p)
	}
}

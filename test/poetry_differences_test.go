package test

import (
	"archive/tar"
	"bytes"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// difference is one way in which an image's virtual environment is not what
// `poetry install` leaves. What differs and is not listed fails the test; so does
// what is listed and differs nowhere.
type difference struct {
	name *regexp.Regexp // of the path
	why  string
	// same says whether the files are equal but for this. One of them is nil where a
	// side does not have it.
	same func(poetry, ours *imageFile) bool
}

var differences = []difference{
	{
		below(`bin/(activate.*|Activate\.ps1)`),
		"For a person's shell. In an image PATH and VIRTUAL_ENV are set.",
		onlyPoetry,
	},
	{
		below(`\.gitignore|include(/python3\.13)?|local(/.*)?|lib/python3(/dist-packages)?|lib/python3\.13/dist-packages`),
		"Empty folders and a note of the venv module, some of them Debian's own.",
		onlyPoetry,
	},
	{
		below(`bin/python`),
		"The same interpreter by another of its names.",
		func(poetry, ours *imageFile) bool {
			return both(poetry, ours) && poetry.header.Linkname == "/usr/local/bin/python" && ours.header.Linkname == "/usr/local/bin/python"+poetryPython
		},
	},
	{
		below(`pyvenv\.cfg`),
		"Of the venv module's file only what the interpreter reads: `executable` and `command` say how that file was made.",
		sameConfig,
	},
	{
		below(`.*\.dist-info/INSTALLER`),
		"Who installed.",
		func(poetry, ours *imageFile) bool {
			return both(poetry, ours) && strings.HasPrefix(strings.ToLower(string(poetry.data)), "poetry") && string(ours.data) == "quatrain"
		},
	},
	{
		ownWheel,
		"Who wrote the metadata of the project itself.",
		func(poetry, ours *imageFile) bool {
			return both(poetry, ours) && bytes.Equal(generator.ReplaceAll(poetry.data, []byte("Generator: quatrain\n")), ours.data)
		},
	},
	{
		below(`.*\.dist-info/RECORD`),
		"The lines of the files above.",
		sameRecord,
	},
	{
		below(`.*/__pycache__(/.*)?`),
		"Byte code, which Poetry leaves to the first start. An image's user cannot write it.",
		func(poetry, ours *imageFile) bool { return poetry == nil },
	},
}

// ownWheel is the file about the project's own metadata.
var ownWheel = below(`.*/(orders|greet)-[^/]*\.dist-info/WHEEL`)

func below(pattern string) *regexp.Regexp {
	return regexp.MustCompile(`^/opt/venv/(?:` + pattern + `)$`)
}

var generator = regexp.MustCompile(`Generator: poetry-core \S+\n`)

func both(poetry, ours *imageFile) bool { return poetry != nil && ours != nil }

func onlyPoetry(_, ours *imageFile) bool { return ours == nil }

// sameConfig compares what the interpreter reads (site.py, getpath.py).
func sameConfig(poetry, ours *imageFile) bool {
	read := func(f *imageFile) map[string]string {
		all := map[string]string{}
		for line := range strings.Lines(string(f.data)) {
			key, value, _ := strings.Cut(line, "=")
			switch key = strings.TrimSpace(key); key {
			case "home", "include-system-site-packages", "version":
				all[key] = strings.TrimSpace(value)
			}
		}
		return all
	}
	return both(poetry, ours) && maps.Equal(read(poetry), read(ours))
}

// sameRecord compares all lines but those of files that differ themselves.
func sameRecord(poetry, ours *imageFile) bool {
	read := func(f *imageFile) string {
		var all []string
		for line := range strings.Lines(string(f.data)) {
			if name, _, _ := strings.Cut(line, ","); path.Base(name) == "INSTALLER" || ownWheel.MatchString(name) {
				line = name + "\n"
			}
			all = append(all, line)
		}
		return strings.Join(all, "")
	}
	return both(poetry, ours) && read(poetry) == read(ours)
}

// compare fails for every file that is not the same and not in the table, and
// returns which differences there were.
func compare(t *testing.T, poetry, ours map[string]*imageFile) map[*difference]int {
	t.Helper()
	names := maps.Clone(poetry)
	maps.Copy(names, ours)
	seen := map[*difference]int{}
	equal := 0
	for _, name := range slices.Sorted(maps.Keys(names)) {
		what := unlike(poetry[name], ours[name])
		if what == "" {
			equal++
			continue
		}
		if d := justified(name, poetry[name], ours[name]); d != nil {
			seen[d]++
			continue
		}
		t.Errorf("%s: %s", name, what)
	}
	t.Logf("%d files and folders are equal", equal)
	for i := range differences {
		t.Logf("%d × %s: %s", seen[&differences[i]], differences[i].name, differences[i].why)
	}
	return seen
}

func justified(name string, poetry, ours *imageFile) *difference {
	for i, d := range differences {
		if d.name.MatchString(name) && d.same(poetry, ours) {
			return &differences[i]
		}
	}
	return nil
}

// unlike says how two files differ, "" where they do not.
func unlike(poetry, ours *imageFile) string {
	switch {
	case ours == nil:
		return "only Poetry has it"
	case poetry == nil:
		return "only the image has it"
	case kind(poetry) != kind(ours):
		return fmt.Sprintf("Poetry: %s, image: %s", kind(poetry), kind(ours))
	case !bytes.Equal(poetry.data, ours.data):
		return fmt.Sprintf("Poetry:\n%.2000s\nimage:\n%.2000s", poetry.data, ours.data)
	}
	return ""
}

// kind is all that a header says of a file but its time.
func kind(f *imageFile) string {
	h := f.header
	mode := h.Mode & 0o7777
	if h.Typeflag == tar.TypeSymlink {
		mode = 0
	}
	return fmt.Sprintf("type %c mode %o owner %d:%d link %q", h.Typeflag, mode, h.Uid, h.Gid, h.Linkname)
}

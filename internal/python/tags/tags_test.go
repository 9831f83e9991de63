package tags

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/internal/testutil/vectors"
)

// vector is a line of testdata/vectors.jsonl, written by generate.py from
// packaging's own answers: the tags of a target, or what a wheel's name says.
type vector struct {
	Python           int
	Threaded, Native bool
	Machine, Libc    string
	MacOS            int
	Count            int
	SHA256           string
	Some             []string

	Wheel, Name, Version, Build string
	Error                       bool
	Tags                        []string
}

func TestVectors(t *testing.T) {
	vectors.Each(t, func(v vector) {
		if v.Wheel != "" {
			checkWheel(t, v)
		} else {
			checkList(t, v)
		}
	})
}

func checkList(t *testing.T, want vector) {
	py := Interpreter{Major: 3, Minor: want.Python, FreeThreaded: want.Threaded}
	var got []string
	if want.MacOS > 0 {
		got = MacOS(py, want.Machine, want.MacOS).Best(math.MaxInt)
	} else {
		libc, err := ParseLibc(want.Libc)
		if err != nil || libc.String() != want.Libc {
			t.Fatalf("%s: %v", want.Libc, err)
		}
		got = Linux(py, want.Machine, libc, want.Native).Best(math.MaxInt)
	}
	sum := sha256.Sum256([]byte(strings.Join(got, "\n")))
	if hex.EncodeToString(sum[:]) != want.SHA256 {
		t.Errorf("%+v: %d tags, %q …", want, len(got), got[:min(9, len(got))])
	}
}

func checkWheel(t *testing.T, want vector) {
	w, err := ParseWheelName(want.Wheel)
	if (err != nil) != want.Error {
		t.Errorf("ParseWheelName(%q): %v, want an error: %v", want.Wheel, err, want.Error)
	}
	if err != nil || want.Error {
		return
	}
	var all []string
	for _, p := range w.Python {
		for _, a := range w.ABI {
			for _, l := range w.Platform {
				all = append(all, Tag{p, a, l}.String())
			}
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if diff := cmp.Diff(want.Tags, all); diff != "" {
		t.Errorf("%s: %s", want.Wheel, diff)
	}
	got := [3]string{strings.ReplaceAll(w.Name, "_", "-"), strings.ReplaceAll(w.Version, "_", "-"), w.Build}
	if got != [3]string{want.Name, want.Version, want.Build} {
		t.Errorf("%s: %q", want.Wheel, got)
	}
}

func TestBuildTag(t *testing.T) {
	for build, want := range map[string]string{"": "0  false", "1": "1  true", "12_x": "12 _x true", "007a1": "7 a1 true"} {
		number, rest, ok := WheelName{Build: build}.BuildTag()
		if got := fmt.Sprint(number, " ", rest, " ", ok); got != want {
			t.Errorf("%q: %s, want %s", build, got, want)
		}
	}
}

func TestParseLibcErrors(t *testing.T) {
	for _, s := range []string{"", "glibc", "glibc-", "glibc-2", "uclibc-1.0", "glibc-2.x", "musl1.2", "glibc-2.1000", "glibc-2.99999999999999999999", "glibc--2.36", "glibc-2.-36"} {
		if _, err := ParseLibc(s); err == nil {
			t.Errorf("%q must be an error", s)
		}
	}
}

// A base image can claim any version: no version makes more tags than real ones do.
func TestAbsurdVersions(t *testing.T) {
	py, glibc := Interpreter{Major: 3, Minor: 13}, Libc{"glibc", 2, 36}
	for name, list := range map[string]List{
		"glibc":  Linux(py, "x86_64", Libc{"glibc", 2, 1 << 62}, true),
		"musl":   Linux(py, "x86_64", Libc{"musl", 1, 1 << 62}, true),
		"python": Linux(Interpreter{Major: 3, Minor: 1 << 62}, "x86_64", glibc, true),
		"macos":  MacOS(py, "arm64", 1<<62),
	} {
		if list.Len() > 1000 {
			t.Errorf("%s: %d tags", name, list.Len())
		}
	}
}

func TestTooManyTagsInAName(t *testing.T) {
	many := func(n int) string { return strings.TrimSuffix(strings.Repeat("a.", n), ".") }
	for n, want := range map[int]bool{10: true, 11: false} {
		name := "demo-1.0-" + many(n) + "-" + many(n) + "-" + many(n) + ".whl"
		if _, err := ParseWheelName(name); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Package vectors reads the test vectors that `make vectors` writes, for tests only.
package vectors

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"
)

// Each calls check with every case of testdata/vectors.jsonl. The file's first line
// says which versions of which oracles it comes from.
func Each[T any](t *testing.T, check func(T)) { EachIn(t, "vectors.jsonl", check) }

// EachIn does what Each does, for another file in testdata.
func EachIn[T any](t *testing.T, name string, check func(T)) {
	t.Helper()
	file, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 4<<20)
	lines.Scan()
	oracles := lines.Text()
	count := 0
	for ; lines.Scan(); count++ {
		var v T
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		check(v)
	}
	if lines.Err() != nil || count == 0 {
		t.Fatalf("%d cases, %v", count, lines.Err())
	}
	t.Logf("%d cases, %s", count, oracles)
}

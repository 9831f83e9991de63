package crash_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/crash"
)

func index(all []int, i int) int { return all[i] }

func crashes() (err error) {
	defer crash.Recover(&err)
	index(nil, 3)
	return nil
}

// The message says where, without a path of this machine, and what to do.
func TestRecover(t *testing.T) {
	err := crashes()
	var caught *crash.Error
	if !errors.As(err, &caught) || !strings.Contains(caught.Hint(), "/issues") {
		t.Fatal(err)
	}
	const want = `^Quatrain crashed: runtime error: index out of range \[3\] with length 0 \(at internal/crash/crash_test\.go:12, from internal/crash/crash_test\.go:16, from `
	if !regexp.MustCompile(want).MatchString(err.Error()) {
		t.Error(err)
	}
}

func TestGuard(t *testing.T) {
	n, err := crash.Guard(func() (int, error) { panic(strings.Repeat("x", 1<<20)) })()
	if n != 0 || err == nil || len(err.Error()) > 1000 {
		t.Errorf("%d %.100v", n, err)
	}
	own := errors.New("own")
	if n, err := crash.Guard(func() (int, error) { return 1, own })(); n != 1 || err != own {
		t.Errorf("%d %v", n, err)
	}
}

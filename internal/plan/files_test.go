package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAppFiles(t *testing.T) {
	p := project(t, "[tool.quatrain]\ninclude = [\"/shop/\", \"./data\", \".\"]\nexclude = [\"tests/**\", \"!/tests/keep.txt\"]\n")
	f := AppFiles(p, nil)
	if diff := cmp.Diff([]string{"shop", "data", "**"}, f.Include); diff != "" {
		t.Error(diff)
	}
	own := f.Exclude[:2]
	if diff := cmp.Diff([]string{"tests/**", "!tests/keep.txt"}, own); diff != "" {
		t.Error(diff)
	}
	below := f.In("services/shop")
	if diff := cmp.Diff([]string{"services/shop/shop", "services/shop/data", "services/shop/**"}, below.Include); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"services/shop/tests/**", "!services/shop/tests/keep.txt"}, below.Exclude[:2]); diff != "" {
		t.Error(diff)
	}
}

// A folder alone is transferred, and nothing beside it.
func TestAppFilesOfAFolder(t *testing.T) {
	f := AppFiles(project(t, ""), nil)
	if got := f.In(""); got.Include != nil {
		t.Errorf("the whole context: %q", got.Include)
	}
	if diff := cmp.Diff([]string{"services/shop"}, f.In("services/shop").Include); diff != "" {
		t.Error(diff)
	}
}

// The lock stays out, unless the project takes it back.
func TestAppFilesWithoutTheLock(t *testing.T) {
	f := AppFiles(project(t, "[tool.quatrain]\nexclude = [\"tests/**\", \"!poetry.lock\"]\n"), nil)
	if diff := cmp.Diff([]string{"poetry.lock", "!poetry.lock"}, f.Exclude[len(f.Exclude)-2:]); diff != "" {
		t.Error(diff)
	}
}

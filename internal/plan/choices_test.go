package plan

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/internal/base"
	"github.com/quatrain-build/quatrain/internal/poetry/poetrytoml"
	"github.com/quatrain-build/quatrain/internal/python/tags"
)

// A plan knows all files of the lock that fit, best first, and takes another one where it is
// told to; an sdist is built then.
func TestChoices(t *testing.T) {
	l := lock(t, "demo-1.0-py3-none-any.whl")
	hash := func(i int) string { return fmt.Sprintf("%064d", i) }
	names := []string{"demo-1.0.tar.gz", "demo-1.0-py3-none-any.whl", "demo-1.0-cp311-cp311-win_amd64.whl", "demo-1.0-cp311-cp311-manylinux_2_17_x86_64.whl", "demo-1.0-cp311-abi3-manylinux_2_28_x86_64.whl"}
	for i, name := range names {
		f := l.Packages[0].Files[0]
		f.Name, f.Hash = name, "sha256:"+hash(i)
		l.Packages[0].Files = append(l.Packages[0].Files, f)
	}
	l.Packages[0].Files = l.Packages[0].Files[1:]
	l.Packages[0].Files[4].Hash = "md5:00" // cannot be verified
	p := project(t, "")
	target, err := ResolveTarget(p, "")
	if err != nil {
		t.Fatal(err)
	}
	planned := func(instead map[string]string, settings poetrytoml.Settings) (Package, *Plan) {
		t.Helper()
		plan, err := New(Input{
			Project: p, Lock: l, Target: target, Platform: "linux/amd64", Instead: instead, Settings: settings,
			Base: base.Facts{Version: "3.11.2", Libc: tags.Libc{Family: "glibc", Major: 2, Minor: 36}},
		})
		if err != nil {
			t.Fatal(err)
		}
		return plan.Packages[0], plan
	}
	order := func(pkg Package) string {
		var all []string
		for _, f := range pkg.Choices {
			all = append(all, strings.TrimLeft(f.SHA256, "0")+"/"+f.Name)
		}
		return strings.Join(all, " ")
	}
	pkg, _ := planned(nil, poetrytoml.Settings{})
	if diff := cmp.Diff("3/"+names[3]+" 1/"+names[1]+" /"+names[0], order(pkg)); diff != "" || pkg.File != names[3] || pkg.Build {
		t.Errorf("%s %s", pkg.File, diff)
	}
	same := order(pkg)
	pkg, _ = planned(map[string]string{hash(3): hash(1)}, poetrytoml.Settings{})
	if pkg.File != names[1] || pkg.SHA256 != hash(1) || order(pkg) != same {
		t.Errorf("%+v", pkg)
	}
	pkg, plan := planned(map[string]string{hash(3): hash(0)}, poetrytoml.Settings{})
	if pkg.File != names[0] || !pkg.Build || plan.Builder == nil || pkg.OtherWheels != 0 {
		t.Errorf("%+v", pkg)
	}
	pkg, _ = planned(map[string]string{hash(3): "what the lock has not"}, poetrytoml.Settings{})
	if pkg.File != names[3] {
		t.Errorf("%+v", pkg)
	}
	if pkg, _ = planned(nil, poetrytoml.Settings{OnlyBinary: []string{":all:"}}); strings.Contains(order(pkg), "tar.gz") {
		t.Errorf("an sdist that poetry.toml forbids is a choice: %s", order(pkg))
	}
}

package test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Two builds that share no cache make the same image.
func TestReproducible(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		p := shop(t)
		first := build(t, m, request{dir: p.dir, opts: map[string]string{"no-cache": ""}})
		second := build(t, m, request{dir: p.dir, opts: map[string]string{"no-cache": ""}})
		if first.err != nil || second.err != nil {
			t.Fatal(first.err, second.err)
		}
		if len(withPrefix(second.ran, "[install")) == 0 {
			t.Error("the second build installed nothing: --no-cache is not honoured")
		}
		same(t, first.image, second.image)
	})
}

// same says in what two images differ.
func same(t *testing.T, one, other *image) {
	t.Helper()
	if one.digest == other.digest {
		return
	}
	t.Errorf("the images differ: %s, %s", one.digest, other.digest)
	if !slices.Equal(one.layers, other.layers) {
		t.Errorf("layers:\n%q\n%q", one.layers, other.layers)
	}
	if diff := cmp.Diff(one.config, other.config); diff != "" {
		t.Errorf("configuration: %s", diff)
	}
}

// Two kinds of daemons that know nothing of each other make the same layers and the
// same configuration, of the time that the request gives.
func TestReproducibleAnywhere(t *testing.T) {
	w := fresh("anywhere")
	p := (&project{index: newIndex(t, w, alpha, beta), locks: []locked{{wheel: w}, {wheel: alpha}, {wheel: beta}}}).write(t)
	r := request{dir: p.dir, opts: map[string]string{"build-arg:SOURCE_DATE_EPOCH": "1700000000"}}
	first, second := bare(t).buildx(t, r), engine(t).buildx(t, r)
	if first.err != nil || second.err != nil {
		t.Fatal(first.err, second.err)
	}
	if len(withPrefix(first.ran, "[install")) == 0 || len(withPrefix(second.ran, "[install")) == 0 {
		t.Error("one of the builds installed nothing")
	}
	if !slices.Equal(first.image.layers, second.image.layers) {
		t.Errorf("layers differ:\n%q\n%q", first.image.layers, second.image.layers)
	}
	if diff := cmp.Diff(first.image.config, second.image.config); diff != "" {
		t.Error(diff)
	}
}

// The keys below a stub's syntax line override those of [tool.quatrain].
func TestStub(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		p := shop(t)
		p.files = map[string]string{"worker.Dockerfile": syntax() + "command = \"alpha-run --fast 'a b'\"\nports = [80]\n"}
		p.write(t)
		o := build(t, m, request{dir: p.dir, file: "worker.Dockerfile"})
		if o.err != nil {
			t.Fatal(o.err)
		}
		c := o.image.config.Config
		if !slices.Equal(c.Cmd, []string{"alpha-run", "--fast", "a b"}) {
			t.Errorf("command %q", c.Cmd)
		}
		if _, ok := c.ExposedPorts["80/tcp"]; !ok {
			t.Errorf("ports %v", c.ExposedPorts)
		}
	})
}

// pyproject.toml is an entry as well.
func TestPyprojectEntry(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		p := shop(t)
		p.toml = syntax() + plainProject
		p.write(t)
		if o := build(t, m, request{dir: p.dir, file: "pyproject.toml", noImage: true}); o.err != nil {
			t.Fatal(o.err)
		}
	})
}

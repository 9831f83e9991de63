package test

import (
	"strings"
	"testing"
	"time"
)

// What a Dockerfile build honours is honoured; what nobody reads is said.
func TestArguments(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		o := build(t, m, request{dir: shop(t).dir, opts: map[string]string{
			"build-arg:PYTHON_VERSON": "3.11", "build-arg:SOURCE_DATE_EPOCH": "1700000000",
			"label:team": "orders", "platform": "linux/arm64",
		}})
		if o.err != nil {
			t.Fatalf("%v\n%s", o.err, o.log)
		}
		if want := "build argument PYTHON_VERSON is not used. Did you mean PYTHON_VERSION?"; !strings.Contains(o.log, want) {
			t.Errorf("no %q in:\n%s", want, o.log)
		}
		c := o.image.config
		if c.Architecture != "arm64" || c.Config.Labels["team"] != "orders" {
			t.Errorf("architecture %s, labels %v", c.Architecture, c.Config.Labels)
		}
		if c.Created == nil || !c.Created.Equal(time.Unix(1700000000, 0)) {
			t.Errorf("created %v", c.Created)
		}
		// Byte code is made on the build platform, and nothing is emulated.
		if o.image.files[site+"alpha/__pycache__/__init__.cpython-311.pyc"] == nil {
			t.Error("no byte code")
		}
	})
}

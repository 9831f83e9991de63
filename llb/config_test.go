package llb

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
	digest "github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

// baseConfig is what an image like the official ones says of itself.
func baseConfig() dockerspec.DockerOCIImage {
	var c dockerspec.DockerOCIImage
	created := time.Unix(1, 0)
	c.Created = &created
	c.Config.Env = []string{"PATH=/usr/local/bin:/usr/bin", "LANG=C.UTF-8", "PYTHON_VERSION=3.12.4"}
	c.Config.Cmd = []string{"python3"}
	c.Config.Entrypoint = []string{"/entry"}
	c.Config.OnBuild = []string{"COPY . /app"}
	c.Config.ExposedPorts = map[string]struct{}{"9/tcp": {}}
	c.Config.Labels = map[string]string{"base": "b", "both": "b"}
	c.Config.StopSignal = "SIGTERM"
	c.Config.Healthcheck = &dockerspec.HealthcheckConfig{Test: []string{"CMD", "old"}}
	c.RootFS.DiffIDs = []digest.Digest{"sha256:1", "sha256:2"}
	c.History = []ocispecs.History{{CreatedBy: "first"}, {CreatedBy: "ENV", EmptyLayer: true}}
	return c
}

func config(t *testing.T, im pyproject.Image, labels map[string]string) dockerspec.DockerOCIImage {
	t.Helper()
	p := &plan.Plan{Target: plan.Target{Stage: plan.AppStage, Image: im}, Project: &pyproject.Project{}}
	got, err := Config(p, Base{Config: baseConfig()}, labels, []string{"install"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return *got
}

func TestConfigByDefault(t *testing.T) {
	got := config(t, pyproject.Image{}, nil)
	want := baseConfig().Config
	want.Env = []string{"PATH=/opt/venv/bin:/usr/local/bin:/usr/bin", "LANG=C.UTF-8", "PYTHON_VERSION=3.12.4",
		"HOME=/home/app", "PYTHONUNBUFFERED=1", "VIRTUAL_ENV=/opt/venv"}
	want.User, want.WorkingDir = "10001:10001", "/app"
	want.Cmd, want.Entrypoint, want.OnBuild = []string{"python"}, nil, nil
	if diff := cmp.Diff(want, got.Config); diff != "" {
		t.Error(diff)
	}
	if got.Created == nil || !got.Created.Equal(time.Unix(1, 0)) {
		t.Errorf("the image's time is not its base's: %v", got.Created)
	}
}

func TestConfigOfSettings(t *testing.T) {
	got := config(t, pyproject.Image{
		Command:    &pyproject.Command{Args: []string{"serve"}},
		Entrypoint: &pyproject.Command{Args: []string{"tini", "--"}},
		Ports:      []pyproject.Port{{Number: 80, Protocol: "tcp"}},
		User:       source.Text{Value: "1000"}, Workdir: source.Text{Value: "/srv"},
		Env:        []pyproject.Pair{{Name: "LANG", Value: "de_DE.UTF-8"}, {Name: "LOG", Value: ""}},
		Labels:     []pyproject.Pair{{Name: "both", Value: "settings"}, {Name: "own", Value: "settings"}},
		StopSignal: source.Text{Value: "SIGINT"},
		Healthcheck: &pyproject.Healthcheck{
			Command: []string{"ping"}, Interval: source.Text{Value: "1m30s"}, Timeout: source.Text{Value: "3s"}, Retries: 2,
		},
	}, map[string]string{"own": "request"})
	want := dockerspec.DockerOCIImageConfig{}
	want.Cmd, want.Entrypoint = []string{"serve"}, []string{"tini", "--"}
	want.ExposedPorts = map[string]struct{}{"9/tcp": {}, "80/tcp": {}}
	want.User, want.WorkingDir, want.StopSignal = "1000:1000", "/srv", "SIGINT"
	want.Env = []string{"PATH=/opt/venv/bin:/usr/local/bin:/usr/bin", "LANG=de_DE.UTF-8", "PYTHON_VERSION=3.12.4",
		"HOME=/home/app", "LOG=", "PYTHONUNBUFFERED=1", "VIRTUAL_ENV=/opt/venv"}
	want.Labels = map[string]string{"base": "b", "both": "settings", "own": "request"}
	want.Healthcheck = &dockerspec.HealthcheckConfig{
		Test: []string{"CMD", "ping"}, Interval: 90 * time.Second, Timeout: 3 * time.Second, Retries: 2,
	}
	if diff := cmp.Diff(want, got.Config); diff != "" {
		t.Error(diff)
	}
}

// What the base says of itself under OCI's names is not said of the image, whatever its
// target; what it is based on is.
func TestLabelsOfTheBase(t *testing.T) {
	base := Base{Config: baseConfig(), Name: "docker.io/library/python:3.12-slim", Digest: "sha256:ba5e"}
	base.Config.Config.Labels = map[string]string{"kept": "b", ociLabels + "title": "Base", ociLabels + "vendor": "B", ociLabels + "created": "1970"}
	p := &plan.Plan{Target: plan.Target{Stage: plan.BaseStage, Image: pyproject.Image{
		Labels: []pyproject.Pair{{Name: ociLabels + "vendor", Value: ""}, {Name: "flag", Value: ""}},
	}}, Project: &pyproject.Project{Name: source.Text{Value: "shop"}}}
	want := map[string]string{"kept": "b", "flag": "", ociLabels + "base.name": base.Name, ociLabels + "base.digest": "sha256:ba5e"}
	if diff := cmp.Diff(want, labels(p, base, nil)); diff != "" {
		t.Error(diff)
	}
	p.Target.Stage = plan.AppStage
	want[ociLabels+"title"] = "shop"
	if diff := cmp.Diff(want, labels(p, base, nil)); diff != "" {
		t.Error(diff)
	}
}

// The base's own maps are another image's too.
func TestConfigLeavesTheBaseAlone(t *testing.T) {
	base := baseConfig()
	p := &plan.Plan{Target: plan.Target{Image: pyproject.Image{
		Ports: []pyproject.Port{{Number: 80, Protocol: "tcp"}}, Env: []pyproject.Pair{{Name: "LANG", Value: "C"}},
		Labels: []pyproject.Pair{{Name: "base", Value: "x"}},
	}}, Project: &pyproject.Project{}}
	if _, err := Config(p, Base{Config: base}, nil, nil, nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(baseConfig(), base); diff != "" {
		t.Error(diff)
	}
}

// Each layer has its line: the base has one that it is silent about.
func TestHistory(t *testing.T) {
	at := time.Unix(1, 0) // the base's
	want := []ocispecs.History{
		{Created: &at, CreatedBy: "first"}, {Created: &at, CreatedBy: "ENV", EmptyLayer: true},
		{Created: &at, CreatedBy: "base image"}, {Created: &at, CreatedBy: "install", Comment: "quatrain"},
	}
	if diff := cmp.Diff(want, config(t, pyproject.Image{}, nil).History); diff != "" {
		t.Error(diff)
	}
}

// The request's time counts more than the base's; where neither has one, none is taken
// from a clock.
func TestTimeOfAnImage(t *testing.T) {
	base, given := baseConfig(), time.Unix(1700000000, 0)
	if got := TimeOf(base, &given); !got.Equal(given) {
		t.Errorf("%v, not what the request gives", got)
	}
	base.Created = nil
	if got := TimeOf(base, nil); !got.Equal(epoch) {
		t.Errorf("%v of a base without a time", got)
	}
}

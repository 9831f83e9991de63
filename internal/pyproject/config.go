package pyproject

import "github.com/quatrain-build/quatrain/internal/source"

// Config is [tool.quatrain]. A field that the user did not set is zero; defaults
// are applied by the plan. The doc comments are the reference documentation.
type Config struct {
	At source.Range

	// Python is the minor version of Python, such as "3.12".
	Python source.Text
	// Base is the base image; {python} stands for the minor version.
	Base source.Text
	// Apt lists Debian packages that the running image needs.
	Apt []source.Text
	// Extras lists the extras to install.
	Extras []source.Text
	// Project says how the project itself is installed: "source", "wheel" or "none".
	Project source.Text
	// Include lists patterns of the files that go to the image's workdir.
	Include []source.Text
	// Exclude lists patterns of the files that do not.
	Exclude []source.Text
	// Image is what the image runs and says of itself.
	Image Image
	// Compile writes byte code at build time.
	Compile *bool
	// Resolution is "auto", "lock" or "walk".
	Resolution source.Text
	// Build is [tool.quatrain.build]: for builder steps only, never in the image.
	Build BuildConfig
	// Git is [tool.quatrain.git].
	Git GitConfig
	// Targets are the [tool.quatrain.target.NAME] tables in file order.
	Targets []TargetConfig
}

// Image holds the keys that end in the image's configuration. They stand in
// [tool.quatrain] and in each [tool.quatrain.target.NAME].
type Image struct {
	Command     *Command
	Entrypoint  *Command
	Ports       []Port
	User        source.Text
	Workdir     source.Text
	Env         []Pair // sorted by name
	Labels      []Pair // sorted by name
	Healthcheck *Healthcheck
	StopSignal  source.Text
}

// Command is an argument vector. A string in the file has been split as a shell
// splits words; no shell ever runs it. An empty Args is an explicit [].
type Command struct {
	Args []string
	At   source.Range
}

// Port is a port the image listens on: "80/tcp".
type Port struct {
	Number   int
	Protocol string // "tcp" or "udp"
	At       source.Range
}

// Pair is one key of a string table.
type Pair struct {
	Name, Value string
	At          source.Range
}

// Healthcheck is the image's health check; durations as written ("10s").
type Healthcheck struct {
	Command                        []string
	Interval, Timeout, StartPeriod source.Text
	Retries                        int
	At                             source.Range
}

// BuildConfig is [tool.quatrain.build].
type BuildConfig struct {
	Apt []source.Text
	Env []Pair
}

// GitConfig is [tool.quatrain.git].
type GitConfig struct {
	KnownHosts source.Text // path of a known_hosts file in the context
	SSH        []Pair      // host → agent id
}

// TargetConfig is [tool.quatrain.target.NAME]: it adjusts a built-in target or adds one.
type TargetConfig struct {
	Name    string
	At      source.Range
	From    source.Text
	Groups  []source.Text
	Extras  []source.Text
	Apt     []source.Text
	Compile *bool
	Project source.Text
	Image   Image
}

package pyproject

import "github.com/quatrain-build/quatrain/internal/source"

// Config is [tool.quatrain], or the keys below a stub's syntax line. A field that the
// user did not set is zero; defaults are applied by the plan.
//
// The key tags are what the parser knows, and with the doc comments the reference
// page and the JSON schema (internal/reference): "Default:" and "Example:" start
// the lines that these need of every key.
type Config struct {
	At source.Range

	// Python is the version of Python: a minor one, or a release such as "3.12.4". A build
	// argument PYTHON_VERSION comes first, .python-version after it. No official image has a
	// free-threaded one, "3.14t": that takes a `base` of your own.
	// Default: of the minor versions that project and lock allow, the newest of those with the fewest packages without a wheel; one for all targets and platforms
	// Example: python = "3.12"
	Python source.Text `key:"python"`

	// Base is the base image: any image with a CPython in it. {python} stands for
	// the version: the minor one, or a release if one is asked for or no other is allowed.
	// Default: "python:{python}-slim"
	// Example: base = "python:{python}-slim-bookworm"
	Base source.Text `key:"base"`

	// Apt lists Debian packages that the running image needs.
	// Default: none
	// Example: apt = ["libpq5"]
	Apt []source.Text `key:"apt"`

	// Extras lists the extras of the project to install.
	// Default: none
	// Example: extras = ["postgres"]
	Extras []source.Text `key:"extras"`

	// Project says how the project itself is installed: "source" as `poetry install`
	// leaves it, its files in the workdir and importable; "wheel" as the wheel that
	// its build backend makes; "none" not at all, only the dependencies are.
	// Default: "source", or "none" with package-mode = false
	// Example: project = "none"
	Project source.Text `key:"project" oneof:"source wheel none"`

	// Include lists patterns, as in .dockerignore, of the files in the project's
	// folder that go to the workdir. What .dockerignore leaves out stays out.
	// Default: ["**"]
	// Example: include = ["shop", "data"]
	Include []source.Text `key:"include"`

	// Exclude lists patterns of the files that do not go there; "!" takes one back.
	//
	// Some do not go there by themselves, and not into the project's wheel, unless a "!"
	// names them: "!.env" or "!tests/**/*.key", while "!tests" does not. These are:
	//
	// Secrets, by their names, with a warning if they are taken back: .env and .env.* but for
	// .env.example, .sample, .template and .dist; .envrc; .secrets.toml and
	// .streamlit/secrets.toml; id_rsa, id_dsa, id_ecdsa and id_ed25519; *.key, *.p12, *.pfx
	// and *.ppk; key.pem, privkey.pem, private.pem, privatekey.pem and *-key.pem, but no other
	// .pem, for most are certificates; .netrc, .pypirc, .npmrc, .git-credentials, .pgpass and
	// .vault-token; .aws, .azure, .config/gcloud, .kube, .ssh, .gnupg, .docker/config.json and
	// .dockercfg; terraform.tfstate.
	//
	// What tools leave in a working copy: .git, .hg, .svn and .jj; .venv, and at the top of
	// the project venv, env, ENV or virtualenv with a pyvenv.cfg in it; node_modules, .tox, .nox, .direnv and
	// .terraform; byte code; .mypy_cache, .ruff_cache, .pytest_cache, .hypothesis,
	// .ipynb_checkpoints, .coverage and htmlcov; .idea, .vscode and .DS_Store.
	//
	// poetry.lock: every change of it would make that layer anew, and scanners would take all
	// that it names for installed.
	//
	// A folder that pyproject.toml says to be a package of the project is never left out.
	// Default: none
	// Example: exclude = ["tests/**"]
	Exclude []source.Text `key:"exclude"`

	// Image is what the image runs and says of itself.
	Image Image `key:",inline"`

	// Compile writes byte code at build time: slower builds, faster starts. A file of the
	// project that is mounted over, or changed in a container, still is the one that runs.
	// Default: true, but false in development and builder
	// Example: compile = false
	Compile *bool `key:"compile"`

	// Prepare is a command that runs in the image while it is built, and leaves a layer: see
	// below.
	// Default: none; development and test have only their own
	// Example: prepare = { command = ["python", "manage.py", "collectstatic", "--noinput"] }
	Prepare *Prepare `key:"prepare"`

	// Resolution says how packages are selected: "lock" by the groups and markers in
	// the lock (2.1), "walk" by walking from the project's dependencies, as Poetry 1
	// and its option installer.re-resolve do; "auto" as the lock and poetry.toml ask, and
	// "walk" where the lock has two versions of a package for one environment, of which
	// Poetry would install both.
	// Default: "auto"
	// Example: resolution = "walk"
	Resolution source.Text `key:"resolution" oneof:"auto lock walk"`

	// ProjectDir is the project's folder in the build context, for a monorepo. Only a
	// stub can have it; a build argument of that name comes first.
	// Default: the build context itself
	// Example: project-dir = "services/shop"
	ProjectDir source.Text `key:"project-dir"`

	// Build is for the steps that build and for the targets builder and development;
	// production has nothing of it.
	Build BuildConfig `key:"build"`

	// Git is for dependencies in git repositories.
	Git GitConfig `key:"git"`

	// Targets are tables [tool.quatrain.target.NAME]: each adjusts the target of that
	// name, or adds one. What a table does not set is as in [tool.quatrain].
	Targets []TargetConfig `key:"target"` // in file order
}

// Image holds the keys that end in the image's configuration. They stand in
// [tool.quatrain] and in each [tool.quatrain.target.NAME].
type Image struct {
	// Command is what the image runs. A string is split as a shell splits words; no
	// shell runs it.
	// Default: the project's only console script, else python
	// Example: command = ["uvicorn", "shop.main:app", "--host", "0.0.0.0", "--port", "8000"]
	Command *Command `key:"command"`

	// Entrypoint comes before the command.
	// Default: none; the base image's is dropped
	// Example: entrypoint = ["tini", "--"]
	Entrypoint *Command `key:"entrypoint"`

	// Ports lists the ports that the image listens on.
	// Default: none
	// Example: ports = [8000, "53/udp"]
	Ports []Port `key:"ports"`

	// User is the user that the image runs as: a name or a number, and after a colon its
	// group if that is another. A user of the base image keeps its number, group and home.
	// Any other is created, with the home /home/NAME. The project's files belong to root,
	// and the user cannot write them.
	// Default: "app", which gets the number 10001 if the base image does not have it
	// Example: user = "1000:1000"
	User source.Text `key:"user"`

	// Workdir is the project's folder in the image, which no other may share. System folders
	// such as /etc, /usr and /tmp are refused.
	// Default: "/app"
	// Example: workdir = "/srv/shop"
	Workdir source.Text `key:"workdir"`

	// Env sets variables in the image.
	// Default: none beyond HOME, PATH, PYTHONUNBUFFERED and VIRTUAL_ENV
	// Example: env = { LOG_LEVEL = "info" }
	Env []Pair `key:"env"` // sorted by name

	// Labels sets labels of the image; --label wins. Those with OCI's names are the
	// manifest's annotations as well; of these, an empty value takes one away.
	// Default: org.opencontainers.image.title, version, description, licenses, authors, url, source and documentation from the project's metadata; base.name and base.digest
	// Example: labels = { "org.opencontainers.image.vendor" = "Corp" }
	Labels []Pair `key:"labels"` // sorted by name

	// Healthcheck is how an engine finds out whether a container is well.
	// Default: the base image's
	// Example: healthcheck = { command = ["shop", "ping"], interval = "10s" }
	Healthcheck *Healthcheck `key:"healthcheck"`

	// StopSignal is the signal that asks a container to end.
	// Default: the base image's, else SIGTERM
	// Example: stop-signal = "SIGINT"
	StopSignal source.Text `key:"stop-signal"`
}

// Command is an argument vector. A string in the file has been split as a shell
// splits words; no shell ever runs it. An empty Args is an explicit [].
type Command struct {
	Args     []string
	Stripped string // what was before or in Args and means nothing in an image: "poetry run"
	At       source.Range
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
	// Command ends with 0 if all is well.
	// Default: none: it is needed
	// Example: command = ["shop", "ping"]
	Command []string `key:"command"`

	// Interval is the time between two checks.
	// Default: the engine's, 30s
	// Example: interval = "10s"
	Interval source.Text `key:"interval"`

	// Timeout is how long a check may take.
	// Default: the engine's, 30s
	// Example: timeout = "3s"
	Timeout source.Text `key:"timeout"`

	// Retries is how many checks in a row must fail.
	// Default: the engine's, 3
	// Example: retries = 5
	Retries int `key:"retries"`

	// StartPeriod is the time at the start in which failures do not count.
	// Default: the engine's, 0s
	// Example: start-period = "20s"
	StartPeriod source.Text `key:"start-period"`

	Stripped string // as a Command's
	At       source.Range
}

// Prepare is [tool.quatrain.prepare], or that of a target.
type Prepare struct {
	// Command runs in the workdir, as the image's user and without a network, when all else
	// is in the image. What it writes or changes in the workdir is a layer, and belongs to
	// root; what it writes elsewhere is dropped. A string is split as a shell splits words;
	// no shell runs it. [] is none, for a target that is from one with a command.
	// Default: none: it is needed
	// Example: command = ["python", "manage.py", "collectstatic", "--noinput"]
	Command *Command `key:"command"`

	// Env sets variables for the command, and for nothing else. They are no place for a
	// secret: provenance and the builder's cache know them.
	// Default: none beyond the image's, PYTHONDONTWRITEBYTECODE, PYTHONHASHSEED and SOURCE_DATE_EPOCH
	// Example: env = { DJANGO_SECRET_KEY = "of-no-use" }
	Env []Pair `key:"env"`
}

// BuildConfig is [tool.quatrain.build].
type BuildConfig struct {
	// Apt lists Debian packages that building needs.
	// Default: none
	// Example: apt = ["gcc", "libpq-dev"]
	Apt []source.Text `key:"apt"`

	// Env sets variables for the steps that build.
	// Default: none
	// Example: env = { CFLAGS = "-O2" }
	Env []Pair `key:"env"`

	// Network lists packages whose builds download something themselves, such as the
	// crates of a package written in Rust. Other builds have no network: their build
	// requirements are there before they start. No build has a login.
	// Default: none
	// Example: network = ["orjson"]
	Network []source.Text `key:"network"`
}

// GitConfig is [tool.quatrain.git].
type GitConfig struct {
	// KnownHosts is the path of a known_hosts file in the context, for servers whose
	// keys are not built in.
	// Default: github.com, gitlab.com, bitbucket.org and dev.azure.com are known
	// Example: known-hosts = "deploy/known_hosts"
	KnownHosts source.Text `key:"known-hosts"`

	// SSH names the agent for a host, where it is not the default one.
	// Default: none
	// Example: ssh = { "git.example.com" = "company" }
	SSH []Pair `key:"ssh"` // host → agent id
}

// TargetConfig is [tool.quatrain.target.NAME]: it adjusts a built-in target or adds one.
type TargetConfig struct {
	Name string
	At   source.Range

	// From is the target that this one starts from.
	// Default: "production" for a target of your own
	// Example: from = "development"
	From source.Text `key:"from"`

	// Groups lists the dependency groups to install.
	// Default: as in the target that it starts from
	// Example: groups = ["main", "worker"]
	Groups []source.Text `key:"groups"`

	// Extras lists the extras to install, instead of those of [tool.quatrain].
	// Default: as in the target that it starts from
	// Example: extras = ["postgres"]
	Extras []source.Text `key:"extras"`

	// Apt lists Debian packages on top of those that the target has already.
	// Default: none
	// Example: apt = ["libmagic1"]
	Apt []source.Text `key:"apt"`

	// Compile is as in [tool.quatrain].
	// Default: as in the target that it starts from
	// Example: compile = true
	Compile *bool `key:"compile"`

	// Project is as in [tool.quatrain].
	// Default: as in the target that it starts from
	// Example: project = "none"
	Project source.Text `key:"project" oneof:"source wheel none"`

	// Prepare is as in [tool.quatrain].
	// Default: as in the target that it starts from
	// Example: prepare = { command = ["python", "manage.py", "collectstatic", "--noinput"] }
	Prepare *Prepare `key:"prepare"`

	// Image is as in [tool.quatrain].
	Image Image `key:",inline"`
}

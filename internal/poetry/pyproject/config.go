package pyproject

import "github.com/quatrain-build/quatrain/internal/source"

// Config is [tool.quatrain], or the keys below a stub's syntax line. A field that the
// user did not set is zero; defaults are applied by the plan.
//
// The parser reads the key tags. internal/reference writes the reference page and the JSON
// schema from the tags and the doc comments. Each comment has a line "Default: …", or
// "Required.", and a line "Example: …". The schema has the first paragraph only.
type Config struct {
	At source.Range

	// Python sets the version of Python: a minor version such as "3.12", or a release such as
	// "3.12.4". This key overrides `.python-version`, and the build argument `PYTHON_VERSION`
	// overrides this key. A free-threaded version such as "3.14t" needs a `base` that has it,
	// because the official images do not.
	// Default: among the minor versions that the project and the lock allow, the one with the fewest packages without a wheel, or the newest of them if there are several; the same for all targets and platforms
	// Example: python = "3.12"
	Python source.Text `key:"python"`

	// Base sets the base image, which can be any image with CPython. `{python}` is replaced by the
	// Python version: a minor version, or a release if `python` names one or the project does not
	// allow the newest one. Without `{python}`, the image's own Python is used.
	// Default: `"python:{python}-slim"`
	// Example: base = "python:{python}-slim-bookworm"
	Base source.Text `key:"base"`

	// Apt lists Debian packages to install in the image, with or without a version.
	// Default: none
	// Example: apt = ["libpq5"]
	Apt []source.Text `key:"apt"`

	// Extras lists the extras of the project to install.
	// Default: none
	// Example: extras = ["postgres"]
	Extras []source.Text `key:"extras"`

	// Project sets how the project itself is installed. `"source"` works like `poetry install`:
	// the files are in the workdir, and Python can import them. `"wheel"` builds a wheel and
	// installs it. `"none"` only copies the files to the workdir.
	// Default: `"source"`, or `"none"` if `package-mode` is false
	// Example: project = "none"
	Project source.Text `key:"project" oneof:"source wheel none"`

	// Include lists the files of the project to copy to the workdir, as patterns in the syntax of
	// `.dockerignore`. Files that `.dockerignore` excludes are never copied. If `project` is
	// `"wheel"`, files are copied only if this key is set.
	// Default: `["**"]`
	// Example: include = ["shop", "data"]
	Include []source.Text `key:"include"`

	// Exclude lists patterns of files that are not copied. A pattern that starts with "!" includes
	// files again.
	//
	// Some files are left out of the image and of the project's wheel even if `exclude` does not
	// list them. To include one of them, name it, as in `"!.env"` or `"!tests/**/*.key"`; `"!tests"`
	// is not enough. If a name looks like a secret, the build warns. These files are left out:
	//
	//   - Settings with secrets: `.env` and `.env.*` (but not `.env.example`, `.env.sample`,
	//     `.env.template` and `.env.dist`), `.envrc`, `.secrets.toml`, `.streamlit/secrets.toml`
	//   - Keys: `id_rsa`, `id_dsa`, `id_ecdsa`, `id_ed25519`, `*.key`, `*.p12`, `*.pfx`, `*.ppk`,
	//     `key.pem`, `privkey.pem`, `private.pem`, `privatekey.pem`, `*-key.pem` (but no other
	//     `.pem`, because most of them are certificates)
	//   - Credentials: `.netrc`, `_netrc`, `.pypirc`, `.npmrc`, `.git-credentials`, `.pgpass`,
	//     `.vault-token`, `.aws`, `.azure`, `.config/gcloud`, `.kube`, `.ssh`, `.gnupg`,
	//     `.docker/config.json`, `.dockercfg`
	//   - Terraform: `terraform.tfstate`, `terraform.tfstate.backup`, `terraform.tfstate.d`,
	//     `.terraform`
	//   - Version control and editors: `.git`, `.hg`, `.svn`, `.jj`, `.idea`, `.vscode`, `.DS_Store`
	//   - Environments: `.venv`, `node_modules`, `.tox`, `.nox`, `.direnv`; at the top of the project
	//     also `venv`, `env`, `ENV` and `virtualenv` if they contain a `pyvenv.cfg`
	//   - Caches and reports: byte code, `.mypy_cache`, `.ruff_cache`, `.pytest_cache`,
	//     `.hypothesis`, `.ipynb_checkpoints`, `.coverage`, `htmlcov`
	//
	// The image does not contain `poetry.lock` either: otherwise every change of the lock would
	// change the layer, and scanners would report packages that are not installed.
	//
	// A folder that `pyproject.toml` declares as a package is not left out.
	// Default: none
	// Example: exclude = ["tests/**"]
	Exclude []source.Text `key:"exclude"`

	// Image holds the keys of the image's configuration.
	Image Image `key:",inline"`

	// Compile writes byte code during the build: the build is slower, and containers start
	// faster. A file of the project that you change or mount in a container is used instead of
	// its byte code. The key applies to production and to targets that inherit from it.
	// Default: `true`
	// Example: compile = false
	Compile *bool `key:"compile"`

	// Prepare runs a command during the build and adds the files that it writes as a layer. The
	// key applies to production and to targets that inherit from it. `[tool.quatrain.prepare]`
	// below lists the keys of the table.
	// Default: none
	// Example: prepare = { command = ["python", "manage.py", "collectstatic", "--noinput"] }
	Prepare *Prepare `key:"prepare"`

	// Resolution sets how packages are selected from the lock. `"lock"` uses the groups and
	// markers that a lock of version 2.1 records. `"walk"` follows the dependencies of the project,
	// like Poetry 1, or Poetry 2 with the setting `installer.re-resolve`. `"auto"` follows them if
	// `poetry.toml` has this setting or if the lock would install two versions of a package. For a
	// lock older than 2.1, Quatrain always follows them.
	// Default: `"auto"`
	// Example: resolution = "walk"
	Resolution source.Text `key:"resolution" oneof:"auto lock walk"`

	// ProjectDir sets the folder of the project in the build context, for a monorepo. It is only
	// allowed in a stub. The build argument `project-dir` overrides it.
	// Default: the root of the build context
	// Example: project-dir = "services/shop"
	ProjectDir source.Text `key:"project-dir"`

	// Build configures the steps that build wheels. The Debian packages that it lists are also
	// installed in the targets builder, development and test, but not in production.
	Build BuildConfig `key:"build"`

	// Git configures dependencies in git repositories.
	Git GitConfig `key:"git"`

	// Targets holds a table `[tool.quatrain.target.NAME]` for each target that you change or add.
	Targets []TargetConfig `key:"target"` // in file order
}

// Image holds the keys of the image's configuration. They are allowed in [tool.quatrain] and
// in each [tool.quatrain.target.NAME].
type Image struct {
	// Command sets the program that the image runs. A string is split into words like in a shell,
	// but no shell runs it. The target `test` ignores this key: set a command in its own
	// table.
	// Default: the only console script of the project, otherwise `python`; `pytest` in the target `test`
	// Example: command = ["uvicorn", "shop.main:app", "--host", "0.0.0.0", "--port", "8000"]
	Command *Command `key:"command"`

	// Entrypoint sets the program that starts the command.
	// Default: none; the entrypoint of the base image is not used
	// Example: entrypoint = ["tini", "--"]
	Entrypoint *Command `key:"entrypoint"`

	// Ports lists the ports that the image exposes, in addition to those of the base image.
	// Default: none
	// Example: ports = [8000, "53/udp"]
	Ports []Port `key:"ports"`

	// User sets the user that the image runs as, by name or by number. A group can follow after a
	// colon, as in `"app:staff"`. A user that the base image does not have is created, with the home
	// `/home/NAME`. The files of the project belong to root, so the user cannot change them.
	// Default: `"app"`, with the number 10001 or the next free one if the base image has no such user
	// Example: user = "1000:1000"
	User source.Text `key:"user"`

	// Workdir sets the folder of the project in the image. It must be an absolute path and contain
	// only the project: folders such as `/etc`, `/usr` and `/tmp` are refused.
	// Default: `"/app"`
	// Example: workdir = "/srv/shop"
	Workdir source.Text `key:"workdir"`

	// Env sets environment variables in the image. Variables in the values are not replaced.
	// Default: the variables of the base image, and `HOME`, `PATH`, `PYTHONUNBUFFERED` and `VIRTUAL_ENV`
	// Example: env = { LOG_LEVEL = "info" }
	Env []Pair `key:"env"` // sorted by name

	// Labels sets labels of the image. The option `--label` overrides them. Labels that start with
	// `org.opencontainers.image.` are annotations of the manifest too, and an empty value removes
	// them.
	// Default: the title, version, description, licenses, authors, url, source and documentation of the project and the name and digest of the base image, as labels of `org.opencontainers.image`; the other labels of the base image
	// Example: labels = { "org.opencontainers.image.vendor" = "Corp" }
	Labels []Pair `key:"labels"` // sorted by name

	// Healthcheck sets the command that checks if a container is healthy.
	// `[tool.quatrain.healthcheck]` below lists the keys of the table.
	// Default: the health check of the base image
	// Example: healthcheck = { command = ["shop", "ping"], interval = "10s" }
	Healthcheck *Healthcheck `key:"healthcheck"`

	// StopSignal sets the signal that asks the container to stop.
	// Default: the signal of the base image, otherwise `SIGTERM`
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
	// Command sets the command to run. Exit status 0 means that the container is healthy.
	// Required.
	// Example: command = ["shop", "ping"]
	Command []string `key:"command"`

	// Interval sets the time between two checks.
	// Default: 30s, set by the engine
	// Example: interval = "10s"
	Interval source.Text `key:"interval"`

	// Timeout sets how long a check may run.
	// Default: 30s, set by the engine
	// Example: timeout = "3s"
	Timeout source.Text `key:"timeout"`

	// Retries sets how many checks in a row must fail before the container is unhealthy.
	// Default: 3, set by the engine
	// Example: retries = 5
	Retries int `key:"retries"`

	// StartPeriod sets the time after the start in which failed checks do not count.
	// Default: 0s, set by the engine
	// Example: start-period = "20s"
	StartPeriod source.Text `key:"start-period"`

	Stripped string // as a Command's
	At       source.Range
}

// Prepare is [tool.quatrain.prepare], or that of a target.
type Prepare struct {
	// Command sets the command to run. It runs in the workdir, as the user of the image, without a
	// network, when everything else is in the image. Files that it writes in the workdir belong to
	// root in the image; other files are dropped. A string is split into words like in a shell,
	// but no shell runs it. `[]` turns off an inherited command.
	// Required.
	// Example: command = ["python", "manage.py", "collectstatic", "--noinput"]
	Command *Command `key:"command"`

	// Env sets environment variables for the command only. Do not put secrets here: provenance
	// and the build cache contain the values.
	// Default: the variables of the image, and `PYTHONDONTWRITEBYTECODE`, `PYTHONHASHSEED` and `SOURCE_DATE_EPOCH`
	// Example: env = { DJANGO_SECRET_KEY = "only-for-the-build" }
	Env []Pair `key:"env"`
}

// BuildConfig is [tool.quatrain.build].
type BuildConfig struct {
	// Apt lists Debian packages that are needed to build wheels, such as compilers and headers.
	// Default: none
	// Example: apt = ["gcc", "libpq-dev"]
	Apt []source.Text `key:"apt"`

	// Env sets environment variables for the steps that build wheels.
	// Default: none
	// Example: env = { CFLAGS = "-O2" }
	Env []Pair `key:"env"`

	// Network lists packages whose builds may use the network, for example to download Rust
	// crates. Other builds have no network; their build requirements are downloaded before they
	// start. No build has credentials.
	// Default: none
	// Example: network = ["orjson"]
	Network []source.Text `key:"network"`
}

// GitConfig is [tool.quatrain.git].
type GitConfig struct {
	// KnownHosts sets the path of a `known_hosts` file with the SSH keys of more hosts, relative to
	// the project.
	// Default: none; the keys of github.com, gitlab.com, bitbucket.org and dev.azure.com are built in
	// Example: known-hosts = "deploy/known_hosts"
	KnownHosts source.Text `key:"known-hosts"`

	// SSH sets which SSH agent is used for a host, as the ID of an agent that you pass with
	// `--ssh`. A host can have a port, as in `"git.example.com:2222"`.
	// Default: the agent `default` for every host
	// Example: ssh = { "git.example.com" = "company" }
	SSH []Pair `key:"ssh"` // host → agent id
}

// TargetConfig is [tool.quatrain.target.NAME]: it adjusts a built-in target or adds one.
type TargetConfig struct {
	Name string
	At   source.Range

	// From names the target to inherit from.
	// Default: `"production"`; a built-in target inherits from `[tool.quatrain]`
	// Example: from = "development"
	From source.Text `key:"from"`

	// Groups lists the dependency groups to install.
	// Default: inherited; `["main"]` in builder and production, all groups that are not optional in development and test
	// Example: groups = ["main", "worker"]
	Groups []source.Text `key:"groups"`

	// Extras lists the extras of the project to install. The list replaces the inherited one.
	// Default: inherited, otherwise none
	// Example: extras = ["postgres"]
	Extras []source.Text `key:"extras"`

	// Apt lists Debian packages to install in addition to the inherited ones.
	// Default: none
	// Example: apt = ["libmagic1"]
	Apt []source.Text `key:"apt"`

	// Compile writes byte code during the build.
	// Default: inherited, otherwise `true`; `false` in builder, development and test
	// Example: compile = true
	Compile *bool `key:"compile"`

	// Project sets how the project itself is installed: `"source"`, `"wheel"` or `"none"`.
	// Default: inherited, otherwise `"source"`, or `"none"` if `package-mode` is false; development and test use `"source"` instead of `"wheel"`
	// Example: project = "none"
	Project source.Text `key:"project" oneof:"source wheel none"`

	// Prepare runs a command during the build and adds the files that it writes as a layer.
	// Default: inherited, otherwise none; development and test do not inherit it from `[tool.quatrain]`
	// Example: prepare = { command = ["python", "manage.py", "collectstatic", "--noinput"] }
	Prepare *Prepare `key:"prepare"`

	// Image replaces what the target inherits.
	Image Image `key:",inline"`
}

// Package step defines the steps that quatrain-helper runs inside a build: one type for each
// command, written to the command line as JSON.
//
// Package llb writes the JSON and the helper reads it, both from the same declaration.
//
// Every step writes only below its Out folder, and nothing that it writes depends on the
// clock, the host or the order of arguments. A step that fails exits with status 1, says why
// on stderr, and leaves a [Report] in [ReportFile] below its Out: the frontend reads it there
// to learn what to tell the user.
package step

// Where things stand inside a step.
const (
	Helper  = "/.quatrain/helper" // the helper binary, mounted read-only
	Bundle  = "/.quatrain/ca-certificates.crt"
	CA      = "/.quatrain/ca"      // secret: PEM file with a company's certificates, optional
	CADir   = "/.quatrain/ca.d"    // build context "ca": a folder with such files, optional
	Wheels  = "/.quatrain/wheels"  // Wheels/<sha256 hex>/<file name>, Wheels/<package>/ of built ones
	Fetched = "/.quatrain/fetched" // Fetched/<sha256 hex>/<file name>, where a step fetches its own wheels
	Sources = "/.quatrain/sources" // Sources/<package>: the tree, or the folder with the sdist
	Base    = "/.quatrain/base"    // the root of a base image
	Trees   = "/.quatrain/trees"   // Trees/<number>: what install steps made, or the RECORDs of it
	Needed  = "/.quatrain/needed"  // output of Requirements, for a Build
	Tried   = "/.quatrain/tried"   // output of the first of two Builds
	Answers = "/.quatrain/answers" // cache mount: what indexes answered, by sha256
	Out     = "/out"

	// ReportFile is where a step that fails leaves its [Report]: below its Out, and
	// below the root where it has none.
	ReportFile = ".quatrain-report.json"
	MaxReport  = 16 << 20 // bytes
)

// SitePackages returns the folder of the packages within a virtual environment. python is the
// minor version as in folder names: "3.12", "3.13t".
func SitePackages(python string) string { return "lib/python" + python + "/site-packages" }

// Facts reads what the files of a base image say of it, without running anything of it.
// Writes Out/facts.json: base.Facts.
type Facts struct {
	Root   string `json:"root"`             // the image's root
	Path   string `json:"path,omitempty"`   // PATH in the image's environment, "" where it has none
	Python string `json:"python,omitempty"` // PYTHON_VERSION there
	Out    string `json:"out"`
}

// Locate asks one index where files are, and where that does not have them all, the
// others in turn. Writes Out/locations.json: [Locations].
type Locate struct {
	Index Index   `json:"index"`
	Else  []Index `json:"else,omitempty"`
	Files []File  `json:"files,omitempty"`
	Out   string  `json:"out"`
}

// Forget drops what is remembered of the answers to a Locate, for a build that uses no
// cache. It is a step of its own so that the key of the Locate stays the same. Writes nothing.
type Forget Locate

// Fetch downloads files that BuildKit could not fetch itself: behind a login, with
// a certificate or proxy only steps know, or after a failure that has to be
// explained. Writes Out/<sha256 hex>/<file name>, mode 0644.
type Fetch struct {
	Index Index  `json:"index"`
	Files []File `json:"files,omitempty"`
	Out   string `json:"out"`
}

// Sequence is steps in one container, one after the other: what one writes the next
// ones find. The last one's Out is the output of all.
type Sequence []Step

// Step is one of this package's steps, or a [Sequence] of them.
type Step interface {
	Args() []string // the helper's command line, without its name: a command and a document
}

// Index is a package index, as PEP 691 or PEP 503 describe it.
type Index struct {
	Name  string `json:"name"`            // "pypi" or the name of the [[tool.poetry.source]]; for a url dependency, the package's name
	URL   string `json:"url"`             // the simple API's root, or the url dependency's address
	Login string `json:"login,omitempty"` // the name in its secrets' names, "" if it gets no login

	// Others are the addresses of the project's other sources, separated by spaces: what is
	// below one of them does not get the login of this one. "" without a login.
	Others string `json:"others,omitempty"`
}

// File is one distribution file that the lock names.
type File struct {
	Package string `json:"package,omitempty"` // canonical name
	Name    string `json:"name"`              // file name
	SHA256  string `json:"sha256"`            // hex
	URL     string `json:"url,omitempty"`     // where it is, "" where the index has to be asked
	Others  []File `json:"others,omitempty"`  // for Locate: what the lock has in its place, best first, with name and hash alone
}

// Install unpacks wheels into a virtual environment that will stand at Venv.
// Writes Out + Venv + "/lib/python<Python>/site-packages/…" and so on.
type Install struct {
	Python string  `json:"python"`           // minor version, "3.12", with a trailing "t" for free-threaded builds
	Venv   string  `json:"venv"`             // "/opt/venv"
	Wheels []Wheel `json:"wheels,omitempty"` // in the order of installation
	Out    string  `json:"out"`
}

// Wheel is one wheel to install.
type Wheel struct {
	Path      string `json:"path"`                 // below Wheels or Fetched; a folder: the only wheel in it
	DirectURL string `json:"direct_url,omitempty"` // contents of direct_url.json (PEP 610), "" for a file from an index
	SHA256    string `json:"sha256,omitempty"`     // hex, of a file that nobody has verified yet; else ""
}

// Requirements downloads what it takes to build a wheel of a source: what its
// pyproject.toml names, and what a Build has found to be missing. It has a network and
// the logins of the indexes, and runs no code of any package. Writes
//
//	Out/source/<file>            for the source itself: wheels, and sdists to make wheels of
//	Out/sdists/<sdist>/<file>    the same for each of these sdists
type Requirements struct {
	Package      string             `json:"package"` // whose wheel is to be made, canonical
	Version      string             `json:"version"`
	Source       string             `json:"source"`                 // a tree, of which pyproject.toml is enough, or an sdist
	SHA256       string             `json:"sha256,omitempty"`       // of an sdist that nobody has verified yet; else ""
	Subdirectory string             `json:"subdirectory,omitempty"` // of the tree
	Tried        string             `json:"tried,omitempty"`        // output of a Build, "" for none: without [MissingFile] in it there is nothing to do
	Interpreter  string             `json:"interpreter"`            // absolute path
	Pip          string             `json:"pip"`                    // pip's wheel
	Options      RequirementOptions `json:"options,omitzero"`
	Out          string             `json:"out"`
}

// RequirementOptions is what Requirements takes from the project.
type RequirementOptions struct {
	Indexes     []Index  `json:"indexes,omitempty"`     // where build requirements come from
	More        []Index  `json:"more,omitempty"`        // and where to look too if those do not have them
	Constraints []string `json:"constraints,omitempty"` // PEP 508: versions of build requirements
}

// Build makes a wheel of a source with the backend that it names (PEP 517), in an
// environment of what Requirements has downloaded. Runs on an image with Interpreter, and
// whatever compilers it needs, in it. It runs the package's code: it has no login, no
// cache, and a network only where the project asks for one. Writes one wheel below Out.
//
// What a source needs is known for certain only when its backend has been asked. The
// first Build may write [MissingFile] instead of a wheel; then Requirements and Build run
// again. The second Build passes on the wheel that the first has made.
type Build struct {
	Package      string       `json:"package"`                // canonical name, which the wheel must have
	Version      string       `json:"version"`                // as locked
	Source       string       `json:"source"`                 // a tree, or an sdist
	SHA256       string       `json:"sha256,omitempty"`       // of an sdist that nobody has verified yet; else ""
	Subdirectory string       `json:"subdirectory,omitempty"` // of the tree
	Needed       string       `json:"needed"`                 // output of Requirements
	Tried        string       `json:"tried,omitempty"`        // output of the first Build, "" in that one
	Interpreter  string       `json:"interpreter"`            // absolute path
	Python       string       `json:"python"`                 // full version of it
	Pip          string       `json:"pip"`                    // pip's wheel
	Options      BuildOptions `json:"options,omitzero"`
	Out          string       `json:"out"`
}

// BuildOptions is what a build takes from the project.
type BuildOptions struct {
	Settings []string `json:"settings,omitempty"` // KEY=VALUE: config_settings of PEP 517
	Network  bool     `json:"network,omitempty"`  // the step has a network
}

// MissingFile is what the first Build leaves below its Out when it needs more than it
// has: a JSON object from a source, "" for the package's own and else an sdist's file
// name, to requirements (PEP 508).
const MissingFile = "missing.json"

// Overlaps finds what packages in several trees write at one path with different
// contents. Writes Out/overlaps.json: [OverlapList].
type Overlaps struct {
	Python  string   `json:"python"` // as in Install
	Venv    string   `json:"venv"`
	Records []string `json:"records,omitempty"` // trees as Install makes them, of which the RECORD files are enough, in the order in which they are merged
	Out     string   `json:"out"`
}

// Settle does so where there are overlaps. Writes Out/overlaps.json, and Out/tree: the
// files that have to lie over the merged trees, so that the result is the one of an
// installation in the order of the names.
type Settle struct {
	Python string   `json:"python"` // as in Install
	Venv   string   `json:"venv"`
	Trees  []string `json:"trees,omitempty"` // outputs of Install, in the order in which they are merged
	Out    string   `json:"out"`
}

// Venv writes the skeleton of a virtual environment: pyvenv.cfg, the interpreter's
// links, lib64. Writes Out + Venv + "/…".
type Venv struct {
	Python      string `json:"python"`      // minor version as in Install
	Version     string `json:"version"`     // full version, "3.12.4"
	Interpreter string `json:"interpreter"` // absolute path in the image, "/usr/local/bin/python3.12"
	Venv        string `json:"venv"`
	Out         string `json:"out"`
}

// Compile writes byte code for the .py files below In, as __pycache__ folders at the same
// places below Out. Runs on an image with Interpreter in it. File names inside the byte
// code are the paths without In.
type Compile struct {
	Interpreter string `json:"interpreter"` // absolute path
	Kind        string `json:"kind"`        // CheckedHash or UncheckedHash
	In          string `json:"in"`          // a tree that will be at "/"
	Out         string `json:"out"`         // In itself puts byte code beside its sources
}

// The kinds of byte code (PEP 552). Both have the hash of their source.
const (
	CheckedHash   = "checked-hash"   // an interpreter compares it: another source is the one that runs
	UncheckedHash = "unchecked-hash" // an interpreter does not look at the source
)

// Apt installs Debian packages into the root it runs on and leaves no lists, caches or logs.
type Apt struct {
	Packages []string `json:"packages,omitempty"`
}

// Test runs a command in the image as its user. Runs on an image; what the command
// writes to Out is the step's output.
type Test struct {
	User    string   `json:"user"` // "uid:gid"
	Dir     string   `json:"dir"`  // working folder, which the user may write to
	Command []string `json:"command"`
	Out     string   `json:"out"` // the folder for reports
}

// Prepare runs a command in the image as its user. Runs on an image. Writes Out + Dir +
// "/…": the files and links that the command has made or changed below Dir, with the
// modes of "u=rwX,go=rX". The interpreter's own byte code is not among them.
type Prepare struct {
	User    string   `json:"user"` // "uid:gid"
	Dir     string   `json:"dir"`  // working folder, which the user may write to
	Command []string `json:"command"`
	Out     string   `json:"out"`
}

// Modes gives all files below Out the modes of "u=rwX,go=rX", on a daemon whose copies
// do not read such modes.
type Modes struct {
	Out string `json:"out"`
}

// Locations is what Locate found, sorted by file name.
type Locations struct {
	Files []Location `json:"files"`
	From  int        `json:"from,omitempty"` // which index has them: 0 is Index, 1 the first of Else
	Step  bool       `json:"step,omitempty"` // only a step can download them: they want a login, a certificate or a proxy
}

// Location is where one file is.
type Location struct {
	Package string `json:"package"`
	Name    string `json:"name"`
	SHA256  string `json:"sha256"`
	URL     string `json:"url"`              // absolute
	Size    int64  `json:"size,omitempty"`   // bytes; 0 where the index does not say
	Yanked  string `json:"yanked,omitempty"` // reason, "yanked" where none is given; "" when not yanked

	Instead []Passed `json:"instead,omitempty"` // better files of the lock that were passed over, the one that was asked for first
}

// Passed is a file in whose place another one of the lock is taken.
type Passed struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Why    string `json:"why"` // follows the name: "is not on pypi any more"
}

// OverlapList is what Overlaps or Settle found, sorted by path.
type OverlapList struct {
	Overlaps []Overlap `json:"overlaps"`
	More     int       `json:"more,omitempty"` // how many are left out
}

// Overlap is one path that several packages write.
type Overlap struct {
	Path     string   `json:"path"`     // absolute, in the image
	Packages []string `json:"packages"` // canonical names, sorted: the last one's content counts
	Settled  bool     `json:"settled"`  // by Settle: it is in Out/tree; else the merge has it right already
}

// Report is why a step failed.
type Report struct {
	Problems []Problem `json:"problems"`
}

// Problem is one thing that went wrong.
type Problem struct {
	Kind    Kind   `json:"kind"`
	Package string `json:"package,omitempty"` // canonical name, where it is about one
	File    string `json:"file,omitempty"`
	Message string `json:"message"`        // what happened, lower case, no full stop; never a secret
	Hint    string `json:"hint,omitempty"` // what to do
}

// Kind is the sort of a problem: what the frontend can act on.
type Kind string

// The kinds of problems.
const (
	Unreachable   Kind = "unreachable"    // no connection, no name, time-out, 5xx after retries
	Untrusted     Kind = "untrusted"      // certificate signed by an unknown authority
	Unauthorized  Kind = "unauthorized"   // 401 or 403
	NotFound      Kind = "not-found"      // the index does not have the package or the file
	HashMismatch  Kind = "hash-mismatch"  // the index or the download has other bytes than the lock says
	BadBase       Kind = "bad-base"       // a base image without what an image needs, or one that cannot be told
	BadWheel      Kind = "bad-wheel"      // not a wheel, or one that would leave its place
	BuildFailed   Kind = "build-failed"   // no wheel could be made of a source
	CommandFailed Kind = "command-failed" // the target's command, of which the lock knows nothing
	PrepareFailed Kind = "prepare-failed" // what prepares the image
	Failed        Kind = "failed"         // anything else
)

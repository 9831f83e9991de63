package explain

import (
	"errors"
	"regexp"
	"strings"

	"github.com/moby/buildkit/util/gitutil"
	"github.com/moby/buildkit/util/urlutil"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/llb"
)

// gitSymptom is what BuildKit's git source, git or ssh prints, and what it means.
// In a hint $agent, $package, $remote, $host and $forAll are replaced by their values.
type gitSymptom struct {
	text          *regexp.Regexp
	message, hint string
}

const installGit = "BuildKit fetches git dependencies with the git and ssh of the machine that it runs on. Install git and openssh-client there (BuildKit's own image has them) and restart it."

// gitSymptoms are in order, the first that is found counts: git ends most failures
// with "Could not read from remote repository", whatever was said before.
var gitSymptoms = []gitSymptom{
	{regexp.MustCompile(`unknown scheme git`),
		"the builder has no git", installGit},
	{regexp.MustCompile(`ssh: (?:command )?not found|cannot run ssh`),
		"the builder has no ssh", installGit},
	{regexp.MustCompile(`no SSH key .* forwarded|unset ssh forward key|no ssh handler`),
		"it needs SSH, but no SSH agent was passed to the build",
		"Pass yours with `docker buildx build --ssh $agent` (compose: `build.ssh: [$agent]`, or `docker compose build --ssh $agent`). `ssh-add -l` lists its keys."},
	{regexp.MustCompile(`REMOTE HOST IDENTIFICATION HAS CHANGED`),
		"the host's SSH key is not the known one",
		"Someone may be intercepting the connection, or the host has a new key. Ask its operators before you change known_hosts."},
	{regexp.MustCompile(`Host key verification failed`),
		"SSH host key verification failed",
		"Add the key of every host, including those of submodules, to the file `known-hosts` of [tool.quatrain.git]. `ssh-keyscan HOST` prints a host's keys."},
	{regexp.MustCompile(`Permission denied \(`),
		"the SSH agent has no key that the host accepts",
		"Add a key that may read the repository to the agent of `docker buildx build --ssh $agent` (compose: `build.ssh: [$agent]`, or `docker compose build --ssh $agent`). `ssh-add -l` lists its keys."},
	{regexp.MustCompile(`certificate verif|certificate problem|server certificate|CAfile`),
		"the builder does not trust the host's certificate",
		"The builder itself fetches git dependencies. Add your company's certificate to its trust store: in the image of the BuildKit container, or on the machine of Docker Engine."},
	{regexp.MustCompile(`(?s)failed to update submodules.*(?:could not read Username|could not read Password|Authentication failed|requested URL returned error: 40[13])`),
		"the login is missing or was rejected",
		"BuildKit sends a token to the repository itself, and on github.com to all others. Elsewhere submodules over HTTPS have to be public: make them so, or fetch them over SSH."},
	{regexp.MustCompile(`could not read Username|could not read Password|Authentication failed|requested URL returned error: 40[13]|HTTP Basic: Access denied|Invalid username or`),
		"the login is missing or was rejected",
		"Pass a token that may read the repository as the secret GIT_AUTH_TOKEN.$host$forAll: `--secret id=GIT_AUTH_TOKEN.$host,env=TOKEN` (compose: `build.secrets`). For another kind of login use GIT_AUTH_HEADER.$host."},
	// BuildKit sees that it has the commit, and does not fetch again.
	{regexp.MustCompile(`unable to read sha1 file|[Cc]ould not read [0-9a-f]{40}|missing (?:blob|tree)|object file .* is empty|loose object .* is corrupt|inflate: data stream error|unresolved deltas|did not send all necessary objects`),
		"the builder's copy of the repository is broken, because an earlier fetch was cut off or damaged",
		"Remove the copy: `docker buildx prune --all --filter description~=$remote`. The next build fetches the repository again."},
	{regexp.MustCompile(`not our ref|unadvertised object|reference is not a tree|couldn't find remote ref|bad object|unable to read tree|does not match expected commit`),
		"the repository does not have the locked commit",
		"If a branch or tag was rewritten, run `poetry update $package` and commit poetry.lock."},
	{regexp.MustCompile(`Could not resolve host|Connection refused|Connection timed out|Connection reset|No route to host|Network is unreachable|Failed to connect|kex_exchange_identification|Couldn't connect`),
		"the host cannot be reached",
		"The builder itself fetches git dependencies. Check that it can reach the host."},
	{regexp.MustCompile(`[Rr]epository (?:'.*' )?not found|does not appear to be a git repository|does not exist|could not be found|Could not read from remote repository`),
		"the repository does not exist, or access was denied",
		"Check the address. Over SSH a key of the agent (`--ssh $agent`, compose: `build.ssh: [$agent]`) needs read access; over HTTPS the token does."},
}

// FailedFetch returns the package whose repository a failure is about. The vertex names it;
// if BuildKit used another build's vertex, the text does. ok is false if no fetch failed.
func (b Build) FailedFetch(v Vertex, err error) (pkg plan.Package, ok bool) {
	if b.Plan == nil {
		return pkg, false
	}
	for _, pkg := range b.Plan.Packages {
		if pkg.Origin.Kind != plan.FromGit {
			continue
		}
		if v.IsGit() && v.Package == pkg.Name || v.Op == nil && strings.Contains(err.Error(), " remote "+urlutil.RedactCredentials(pkg.Origin.URL)+":") {
			return pkg, true
		}
	}
	return pkg, false
}

// Fetches holds the errors of failed fetches by repository: packages in folders of one
// repository share a fetch.
type Fetches map[repository]error

type repository struct{ url, commit string }

func repositoryOf(pkg plan.Package) repository { return repository{pkg.Origin.URL, pkg.Origin.Commit} }

// Add notes the error of the fetch that a package needs.
func (f Fetches) Add(pkg plan.Package, err error) { f[repositoryOf(pkg)] = err }

// Fetches returns what failed fetches mean, in the order of the plan's packages.
func (b Build) Fetches(failed Fetches) error {
	var errs []error
	for _, pkg := range b.Plan.Packages {
		if err := failed[repositoryOf(pkg)]; pkg.Origin.Kind == plan.FromGit && err != nil {
			errs = append(errs, b.fetch(pkg, err))
		}
	}
	return errors.Join(errs...)
}

// fetch returns what the failed fetch of a package means.
func (b Build) fetch(pkg plan.Package, err error) error {
	text, from := err.Error(), pkg.Origin.PlainURL()+" ("+revision(pkg.Origin)+")"
	if strings.Contains(text, "failed to update submodules") {
		from += ", with its submodules"
	}
	for _, s := range gitSymptoms {
		if s.text.MatchString(text) {
			return source.Errorf(pkg.At, "%s cannot be fetched from %s: %s", pkg.Name, from, s.message).
				WithHint("%s", b.gitHint(pkg, s.hint))
		}
	}
	return source.Errorf(pkg.At, "%s cannot be fetched from %s: %s", pkg.Name, from, strings.TrimSpace(text))
}

// revision returns what is fetched of a repository: what was asked for, and its commit.
func revision(o plan.Origin) string {
	text := "commit " + o.Commit[:min(12, len(o.Commit))]
	if o.Requested != "" && o.Requested != o.Commit {
		text = o.Requested + ", " + text
	}
	return text
}

// gitHint fills in what a hint leaves open.
func (b Build) gitHint(pkg plan.Package, hint string) string {
	agent, host := "default", ""
	if h, ok := llb.SSHHost(pkg.Origin.URL); ok {
		agent = llb.SSHAgent(b.SSH, h)
	}
	if u, err := gitutil.ParseURL(pkg.Origin.URL); err == nil {
		host = u.Host
	}
	forAll := ""
	if pkg.Origin.HostNamed {
		forAll = " or, for all hosts of pyproject.toml, GIT_AUTH_TOKEN"
	}
	return strings.NewReplacer("$agent", agent, "$package", pkg.Name, "$remote", pkg.Origin.PlainURL(), "$host", host, "$forAll", forAll).Replace(hint)
}

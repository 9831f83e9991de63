package plan

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
)

// Each file of a context is held against each pattern: "**/name" costs next to nothing,
// "**/*.name" a microsecond or two. A "!" with a wildcard costs most: for what it may take
// back, all folders that are left out are walked.

// neverCopied is what no image wants of a working copy: what tools keep there.
var neverCopied = []string{
	"**/.git", "**/.hg", "**/.svn", "**/.jj",
	"**/.venv", ".venv*", "**/node_modules", "**/.tox", "**/.nox", "**/.direnv",
	"**/__pycache__", "**/*.pyc",
	"**/.mypy_cache", "**/.pytest_cache", "**/.ruff_cache", "**/.hypothesis", "**/.ipynb_checkpoints",
	"**/.coverage", ".coverage.*", "htmlcov",
	"**/.idea", "**/.vscode", "**/.DS_Store", "**/.terraform",
}

// secretFiles are files and folders that hold secrets, as far as names tell. A .pem is a
// certificate more often than a private key, so that only those are here whose name says
// which it is; "[^bc]" is for pub-key.pem and public_key.pem.
var secretFiles = slices.Concat([]string{"**/.env"}, allBut("**/.env.", "example", "sample", "template", "dist"), []string{
	"**/.env.temp", "**/.env.disabled",
	"**/.envrc", "**/.secrets.toml", "**/.streamlit/secrets.toml",
	"**/id_rsa", "**/id_dsa", "**/id_ecdsa", "**/id_ed25519",
	"**/*.key", "**/*.p[1fp][2xk]", // p12, pfx, ppk
	"**/key.pem", "**/privkey.pem", "**/private.pem", "**/privatekey.pem", "**/*[^bc][-_.]key.pem",
	"**/.netrc", "**/_netrc", "**/.pypirc", "**/.npmrc", "**/.git-credentials", "**/.pgpass", "**/.vault-token",
	"**/.aws", "**/.azure", "**/.config/gcloud", "**/.kube", "**/.ssh", "**/.gnupg", "**/.docker/config.json", "**/.dockercfg",
	"**/terraform.tfstate", "**/terraform.tfstate.backup", "**/terraform.tfstate.d",
})

// allBut returns patterns for a prefix and any name, but for names that begin with the
// first three letters of a word. Patterns cannot say it shorter without "!".
func allBut(prefix string, words ...string) []string {
	const letters = 3
	var all []string
	next := map[string]string{} // begin of a word → the letters that may follow it
	for _, w := range words {
		for i := range min(len(w), letters) {
			if !strings.Contains(next[w[:i]], w[i:i+1]) {
				next[w[:i]] += w[i : i+1]
			}
		}
	}
	for _, begin := range slices.Sorted(maps.Keys(next)) {
		if begin != "" {
			all = append(all, prefix+begin)
		}
		all = append(all, prefix+begin+"[^"+next[begin]+"]*")
	}
	return all
}

// Environments are folders in which virtual environments are made, and whose names may be
// those of packages as well. The file tells.
var Environments = []string{"venv", "env", "ENV", "virtualenv"}

// EnvironmentFile is in every virtual environment, in its folder.
const EnvironmentFile = "pyvenv.cfg"

// leftOut returns what of a project's folder is in no image and in no wheel, unless the
// project takes it back: not what it says to be a package. environments are those of
// Environments that are virtual environments.
func leftOut(p *pyproject.Project, environments []string) []string {
	packages := packageFolders(p)
	all := slices.Concat(neverCopied, environments, secretFiles)
	return slices.DeleteFunc(all, func(pattern string) bool { return slices.Contains(packages, path.Base(pattern)) })
}

// packageFolders returns the names of folders that are, or hold, the project's packages,
// as far as pyproject.toml tells.
func packageFolders(p *pyproject.Project) []string {
	all := []string{strings.ReplaceAll(pep508.CanonicalName(p.Name.Value), "-", "_")}
	for _, pkg := range p.Layout.Packages {
		all = append(all, strings.Split(path.Join(pkg.From, pkg.Include), "/")...)
	}
	return all
}

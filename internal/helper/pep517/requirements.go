package pep517

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/helper/index"
	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/internal/step/fixed"
)

//go:embed download.py
var download string

// RunRequirements runs the step that downloads a build's requirements.
func RunRequirements(s step.Requirements) error {
	if err := keepSecrets(); err != nil {
		return err
	}
	return requirements(s, work, index.StartRelay)
}

func requirements(s step.Requirements, dir string, relay func(dir string) (*index.Relay, error)) error {
	if err := os.MkdirAll(s.Out, 0o755); err != nil {
		return err
	}
	d := &downloader{step: s, dir: dir, relay: relay, subject: subject{s.Package, s.Version}}
	if s.Tried != "" {
		var err error
		if d.missing, err = readMissing(s.Tried); err != nil {
			return err
		}
		if len(d.missing) == 0 {
			return nil
		}
	}
	variables, err := trust(dir)
	if err != nil {
		return err
	}
	d.variables = append(inherited(os.Environ()), variables...)
	own := origin{d.subject, s.Source, s.SHA256, s.Subdirectory}
	if err := d.download("", own, filepath.Join(s.Out, forSource)); err != nil {
		return err
	}
	return fixed.Tree(s.Out)
}

// maxMissing bounds the list of what a build has found to be missing. Package code could
// have written it.
const maxMissing = 1 << 20

// readMissing reads what the first Build has left.
func readMissing(dir string) (map[string][]string, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	f, err := root.Open(step.MissingFile)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var missing map[string][]string
	if err := json.NewDecoder(io.LimitReader(f, maxMissing)).Decode(&missing); err != nil {
		return nil, fmt.Errorf("cannot read what the build lacks: %w", err)
	}
	return missing, nil
}

// downloader downloads what one package needs to be built. Nothing here runs code of a
// package: not pip, which only reads metadata and starts no program (download.py).
type downloader struct {
	step      step.Requirements
	subject   subject
	dir       string
	missing   map[string][]string
	variables []string
	relay     func(dir string) (*index.Relay, error)
	sdists    int
}

// maxSdists bounds how many sdists it takes to build one package.
const maxSdists = 100

// download downloads what a source needs, and then what the sdists among that need.
func (d *downloader) download(key string, from origin, into string) error {
	requires, err := d.requires(key, from)
	if err != nil || len(requires) == 0 {
		return err
	}
	if err := d.anyIndex(requires, into); err != nil {
		return err
	}
	entries, err := os.ReadDir(into)
	if err != nil {
		return err
	}
	for _, e := range entries {
		file := filepath.Join(into, e.Name())
		if !e.Type().IsRegular() {
			return fmt.Errorf("pip left %s, which is not a file", e.Name())
		}
		if err := os.Chmod(file, 0o644); err != nil { // whatever the umask
			return err
		}
		if !isWheel(e.Name()) {
			if err := d.forSdist(file); err != nil {
				return err
			}
		}
	}
	return nil
}

// forSdist downloads what a build requirement's sdist needs itself, once.
func (d *downloader) forSdist(file string) error {
	key := filepath.Base(file)
	into := filepath.Join(d.step.Out, forSdists, key)
	if _, err := os.Stat(into); err == nil {
		return nil
	}
	if d.sdists++; d.sdists > maxSdists {
		return d.subject.problem(fmt.Sprintf("more than %d sdists are needed to build it", maxSdists), "")
	}
	if err := os.MkdirAll(into, 0o755); err != nil {
		return err
	}
	return d.download(key, origin{subject: d.subject, path: file}, into)
}

// requires returns the requirements that are known of a source.
func (d *downloader) requires(key string, from origin) ([]string, error) {
	dir := filepath.Join(d.dir, "unpacked", key)
	tree, err := from.open(dir)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if !tree.isBuildable() {
		return nil, nil // the build says what is wrong: it sees the whole source
	}
	system, err := readSystem(tree)
	if err != nil {
		return nil, d.subject.problem(err.Error(), "")
	}
	return append(slices.Clone(system.requires), d.missing[key]...), nil
}

// anyIndex downloads from the primary indexes and, if those do not have all, from the
// supplemental ones too. pip takes the best version of all indexes that it is given,
// whichever has it.
func (d *downloader) anyIndex(requires []string, into string) error {
	fmt.Fprintf(os.Stderr, "build requirements of %s: %s\n", d.subject.name, strings.Join(requires, ", "))
	o := d.step.Options
	err := d.from(o.Indexes, requires, into)
	var p *unanswered
	if err == nil || len(o.More) == 0 || errors.As(err, &p) {
		return err
	}
	if err := empty(into); err != nil {
		return err
	}
	return d.from(slices.Concat(o.Indexes, o.More), requires, into)
}

// unanswered is a page that an index should have answered for. What other indexes have of
// that name must not be taken instead.
type unanswered struct{ *step.Problem }

func (u *unanswered) Unwrap() error { return u.Problem }

// from downloads from some indexes by pip, which asks through a relay: neither pip nor
// what it may start has a login.
func (d *downloader) from(indexes []step.Index, requires []string, into string) error {
	relay, err := d.relay(d.dir)
	if err != nil {
		return err
	}
	defer relay.Close()
	cmd, err := d.pip(relay, indexes, into)
	if err != nil {
		return err
	}
	cmd.Stdin = strings.NewReader(text(requires))
	log, err := runLogged(cmd)
	if p := relay.Unanswered(); p != nil {
		return &unanswered{d.about(p)}
	}
	if err == nil {
		return nil
	}
	if p := relay.Problem(); p != nil {
		return d.about(p)
	}
	return d.subject.failed("the build requirements cannot be downloaded", err, log, hint(log+err.Error(), d.subject.name, readDistro()))
}

func (d *downloader) about(p *step.Problem) *step.Problem {
	return d.subject.problem("the build requirements cannot be downloaded: "+p.Message, p.Hint)
}

func (d *downloader) pip(relay *index.Relay, indexes []step.Index, into string) (*exec.Cmd, error) {
	if err := os.MkdirAll(into, 0o755); err != nil {
		return nil, err
	}
	// -I and -S: nothing of the image's own packages or of the working folder is imported.
	args := []string{"-I", "-S", "-B", "-c", download, d.step.Pip, "--quiet", "--dest", into}
	if c := d.step.Options.Constraints; len(c) > 0 {
		file := filepath.Join(d.dir, "constraints.txt")
		if err := os.WriteFile(file, []byte(strings.Join(c, "\n")+"\n"), 0o644); err != nil {
			return nil, err
		}
		args = append(args, "--constraint", file)
	}
	var addresses []string
	for _, i := range indexes {
		address, err := relay.Add(i)
		if err != nil {
			return nil, err
		}
		addresses = append(addresses, address)
	}
	cmd := exec.Command(d.step.Interpreter, args...)
	cmd.Dir = d.dir
	cmd.Env = append(slices.Clone(d.variables),
		"PATH="+os.Getenv("PATH"), "HOME="+d.dir, "TMPDIR="+d.dir,
		"PIP_CONFIG_FILE="+os.DevNull, "PIP_NO_CACHE_DIR=1", "PIP_NO_INPUT=1",
		"PIP_DISABLE_PIP_VERSION_CHECK=1", "PIP_ROOT_USER_ACTION=ignore", "PIP_PROGRESS_BAR=off",
		"PIP_RETRIES=3", "PIP_TIMEOUT=60", // for addresses of their own: the relay tries itself, and says so while it does
	)
	cmd.Env = append(cmd.Env, pastProxies(os.Environ())...)
	if len(addresses) == 0 {
		cmd.Env = append(cmd.Env, "PIP_NO_INDEX=1")
	} else {
		cmd.Env = append(cmd.Env, "PIP_INDEX_URL="+addresses[0], "PIP_EXTRA_INDEX_URL="+strings.Join(addresses[1:], " "))
	}
	return cmd, nil
}

// pastProxies has pip ask the relay itself, whatever proxies there are.
func pastProxies(environ []string) []string {
	var all []string
	for _, name := range []string{"no_proxy", "NO_PROXY"} {
		value := "127.0.0.1"
		for _, e := range environ {
			if old, found := strings.CutPrefix(e, name+"="); found && old != "" {
				value += "," + old
			}
		}
		all = append(all, name+"="+value)
	}
	return all
}

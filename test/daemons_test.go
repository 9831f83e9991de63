package test

import (
	"archive/tar"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// One project makes the same files on every daemon: with MergeOp and without, with all
// that the graph would like to use and with what the oldest one knows. Files of the
// context that only their owner may read are in it, and links.
func TestDaemons(t *testing.T) {
	p := withLogin(shop(t), t) // of which a step downloads
	p.toml += "\n[tool.quatrain.prepare]\ncommand = ['python', '-c', 'open(\"made\", \"w\").write(\"1\")']\n"
	p.write(t)
	must(t, os.Chmod(filepath.Join(p.dir, "shop", "__init__.py"), 0o600))
	must(t, os.Mkdir(filepath.Join(p.dir, "shop", "data"), 0o700))
	must(t, os.WriteFile(filepath.Join(p.dir, "shop", "data", "run.sh"), []byte("#!/bin/sh\n"), 0o700))
	must(t, os.Symlink("run.sh", filepath.Join(p.dir, "shop", "data", "link")))
	files := eachDaemon(t, request{dir: p.dir, secrets: loginOfPrivate})
	if f := files["/app/shop/__init__.py"]; !strings.HasPrefix(f, "-rw-r--r-- 0:0") {
		t.Errorf("a file of mode 0600 is %q", f)
	}
	if f := files["/app/made"]; !strings.HasPrefix(f, "-rw-r--r-- 0:0") {
		t.Errorf("what the project's own command made is %q", f)
	}
	if files[site+"private.py"] == "" {
		t.Error("the package of the private index is not there")
	}
}

// What comes by other ways than a wheel, on each of them: a git repository behind an
// agent, an sdist whose build wants a package of PyPI, and one of Debian.
func TestDaemonsBuild(t *testing.T) {
	k := newKey(t)
	h := newGitHost(t, k)
	_, s := omnibus(t, h)
	p := newSdistProject(t, "apt = [\"libpq5\"]\n", sdistOf("quick", map[string]string{
		"pyproject.toml": setuptools + "[project]\nname = \"quick\"\nversion = \"1.0\"\n[tool.setuptools]\npy-modules = [\"quick\"]\n",
		"quick.py":       "only = \"" + unique(t) + "\"\n",
	}))
	p.locks = append(p.locks, locked{entry: s.entry()})
	p.knows(h).write(t)
	files := eachDaemon(t, request{dir: p.dir, ssh: []string{"default=" + newAgent(t, k).socket}, secrets: machineCA(t)})
	for _, name := range []string{site + "omnibus.py", site + "quick.py", "/usr/lib/x86_64-linux-gnu/libpq.so.5"} {
		if files[name] == "" {
			t.Errorf("%s is not there", name)
		}
	}
}

// eachDaemon runs a request on all of them, and returns its image's files: one answer.
func eachDaemon(t *testing.T, r request) map[string]string {
	t.Helper()
	want := bare(t).tree(t, r)
	for name, start := range map[string]func(t *testing.T) builder{
		"oldest buildkitd":  oldest,
		"containerd worker": onContainerd,
		"engine":            engine,
		"classic store":     classic,
		"Debian 13":         debian13,
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(want, start(t).tree(t, r)); diff != "" {
				t.Error(diff)
			}
		})
	}
	return want
}

// Below the floor there is one error, which says what is needed.
func TestTooOld(t *testing.T) {
	b := engineAt(t, "QUATRAIN_DOCKER_HOST_DEBIAN12")
	e := b.run(t, shop(t).dir, "docker", "buildx", "build", ".")
	want := "this builder is too old: Quatrain needs BuildKit 0.11 or Docker 24 or newer"
	if e.code == 0 || strings.Count(e.all(), want) != 1 {
		t.Errorf("ended with %d:\n%s", e.code, e.all())
	}
}

// oldest is a buildkitd of the oldest version that will do.
func oldest(t *testing.T) builder {
	return empty(t, "sh", "-c", `shift && exec buildkitd-oldest "$@"`, "sh")
}

// onContainerd is a buildkitd whose worker is a containerd of the test's own.
func onContainerd(t *testing.T) builder {
	dir, err := os.MkdirTemp(variable(t, "QUATRAIN_LAB"), "containerd-")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket, config := filepath.Join(dir, "s"), filepath.Join(dir, "config.toml")
	// What is for Kubernetes would write to the machine's /opt.
	must(t, os.WriteFile(config, []byte("version = 2\ndisabled_plugins = [\"io.containerd.grpc.v1.cri\", \"io.containerd.internal.v1.opt\"]\n"), 0o644))
	listens := func() bool {
		c, err := net.Dial("unix", socket)
		if err == nil {
			c.Close()
		}
		return err == nil
	}
	background(t, nil, filepath.Join(t.TempDir(), "log"), listens,
		"containerd", "--config", config, "--address", socket, "--root", filepath.Join(dir, "root"), "--state", filepath.Join(dir, "state"))
	return empty(t, "sh", "-c", `socket=$0 && exec "$@" --oci-worker=false --containerd-worker=true --containerd-worker-net=host --containerd-worker-addr="$socket"`, socket)
}

// debian13 is the engine that Debian 13 has.
func debian13(t *testing.T) builder { return engineAt(t, "QUATRAIN_DOCKER_HOST_DEBIAN13") }

func engineAt(t *testing.T, name string) builder {
	return builder{name, []string{"DOCKER_HOST=" + variable(t, name)}}
}

// tree runs a request and tells what its image's files are: path → mode, owner, time,
// and a link's target or a hash of the contents.
func (b builder) tree(t *testing.T, r request) map[string]string {
	t.Helper()
	archive := filepath.Join(t.TempDir(), "tree.tar")
	b.must(t, r.dir, append([]string{"docker", "buildx", "build", "--output", "type=tar,dest=" + archive}, r.argv(t)...)...)
	f, err := os.Open(archive)
	must(t, err)
	defer f.Close()
	files := map[string]string{}
	for entries := tar.NewReader(f); ; {
		h, err := entries.Next()
		if err == io.EOF {
			return files
		}
		must(t, err)
		sum := sha256.New()
		_, err = io.Copy(sum, entries)
		must(t, err)
		files[path.Clean("/"+h.Name)] = fmt.Sprintf("%s %d:%d %d %s %.16x", h.FileInfo().Mode(), h.Uid, h.Gid, h.ModTime.Unix(), h.Linkname, sum.Sum(nil))
	}
}

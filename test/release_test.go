package test

import (
	"bytes"
	"crypto/sha256"
	"debug/elf"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

// A release is compiled from what is committed, for both platforms, and users find it
// under its short names. Its helper has the bytes that it has wherever it is compiled:
// they are in the keys of users' caches.
func TestRelease(t *testing.T) {
	b, dir := bare(t), committed(t)
	repository := registry(t) + "/quatrain/" + unique(t)
	b.must(t, dir, release(t, "9.8.7", repository)...)
	digest := b.must(t, dir, "crane", "digest", repository+":9.8.7")
	for _, tag := range []string{"9.8", "9", "latest"} {
		if d := b.must(t, dir, "crane", "digest", repository+":"+tag); d != digest {
			t.Errorf("%s is %s, 9.8.7 is %s", tag, d, digest)
		}
	}
	commit := b.must(t, dir, "git", "rev-parse", "HEAD")
	helpers := map[string][]byte{}
	for arch, machine := range map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64} {
		var config ocispecs.Image
		must(t, json.Unmarshal([]byte(b.must(t, dir, "crane", "config", "--platform", "linux/"+arch, repository+":9.8.7")), &config))
		labels := config.Config.Labels
		if config.Architecture != arch || labels["org.opencontainers.image.version"] != "9.8.7" || labels["org.opencontainers.image.revision"] != commit {
			t.Errorf("%s: the image is for %s, its labels are %q", arch, config.Architecture, labels)
		}
		files := exported(t, b, arch, repository+":9.8.7")
		for _, name := range []string{"/bin/quatrain", "/bin/quatrain-helper", "/etc/ssl/certs/ca-certificates.crt"} {
			if files[name] == nil {
				t.Fatalf("%s: %s is not among %d files", arch, name, len(files))
			}
		}
		for _, name := range []string{"/bin/quatrain", "/bin/quatrain-helper"} {
			isStatic(t, arch+" "+name, files[name].data, machine)
		}
		if !bytes.Contains(files["/etc/ssl/certs/ca-certificates.crt"].data, []byte("BEGIN CERTIFICATE")) {
			t.Errorf("%s: there are no certificates in the bundle", arch)
		}
		helpers[arch] = files["/bin/quatrain-helper"].data
	}
	here, err := os.ReadFile(filepath.Join(frontendTree(t), "bin/quatrain-helper"))
	must(t, err)
	if sha256.Sum256(here) != sha256.Sum256(helpers[runtime.GOARCH]) {
		t.Error("the helper that was compiled in the release's container has other bytes than the one that was compiled here")
	}
	emulated(t, helpers["arm64"])

	w := fresh("release")
	p := (&project{index: newIndex(t, w), toml: plainProject, locks: []locked{{wheel: w}}, files: map[string]string{"Dockerfile": "# syntax=" + repository + ":9\n"}}).write(t)
	if o := b.buildx(t, request{dir: p.dir}); o.err != nil {
		t.Errorf("a build with the release: %v\n%s", o.err, o.log)
	}

	refused(t, b, dir, release(t, "9.8.7", repository), repository+":9.8.7 is there already")
	b.must(t, dir, release(t, "9.9.0-rc.1", repository)...)
	if d := b.must(t, dir, "crane", "digest", repository+":9"); d != digest {
		t.Error("a pre-release took the short name")
	}
	onArm64(t, repository+"@"+b.must(t, dir, "crane", "digest", "--platform", "linux/arm64", repository+":9.8.7"))
}

// What cannot be released is said before anything is built.
func TestReleaseRefused(t *testing.T) {
	b, dir := bare(t), committed(t)
	repository := registry(t) + "/quatrain/" + unique(t)
	refused(t, b, dir, []string{".ci/release"}, `"" is no version such as 1.2.3`)
	refused(t, b, dir, []string{".ci/release", "v1.2", repository}, `"v1.2" is no version such as 1.2.3`)
	refused(t, b, dir, []string{".ci/release", "9.8.7"}, "where to? make release VERSION=9.8.7 REPOSITORY=")
	refused(t, b, dir, []string{".ci/release", "9.8.6", repository}, `CHANGELOG.md has no section "## 9.8.6"`)
	must(t, os.WriteFile(filepath.Join(dir, "forgotten.go"), []byte("package main\n"), 0o644))
	refused(t, b, dir, []string{".ci/release", "9.8.7", repository}, "not committed")
	if e := b.run(t, dir, "crane", "ls", repository); e.code == 0 {
		t.Errorf("the registry has %s", e.all())
	}
}

// onArm64 builds with the frontend of arm64 on a builder of arm64, which this machine
// emulates. It makes the very image that the builder here makes for that platform.
func onArm64(t *testing.T, frontend string) {
	t.Helper()
	p := onPlatforms(t, fresh("elsewhere")) // so that something runs
	r := request{dir: p.dir, file: "pyproject.toml", opts: map[string]string{"platform": "linux/arm64", "build-arg:BUILDKIT_SYNTAX": frontendImage(t)}}
	here := bare(t).buildx(t, r)
	emulate(t)
	r.opts["build-arg:BUILDKIT_SYNTAX"] = frontend
	there := empty(t, "sh", "-c", `exec "$@" --oci-worker-platform linux/arm64`, "sh").buildx(t, r)
	if here.err != nil || there.err != nil {
		t.Fatalf("%v\n%s\n%v\n%s", here.err, here.log, there.err, there.log)
	}
	if len(withPrefix(there.ran, "[install")) == 0 {
		t.Errorf("on the builder of arm64 only %q ran: nothing is compared", there.ran)
	}
	same(t, here.image, there.image)
}

// emulate has the kernel run programs of arm64 until the test ends: TestPlatforms needs
// one that does not.
func emulate(t *testing.T) {
	t.Helper()
	t.Cleanup(func() { output(nil, "lab/lab", "down", "qemu") })
	if out, err := exec.Command("lab/lab", "up", "qemu").CombinedOutput(); err != nil {
		t.Fatalf("lab up qemu: %v\n%s", err, out)
	}
}

// release is the command, with what this machine and the lab need.
func release(t *testing.T, version, repository string) []string {
	t.Helper()
	argv := []string{".ci/release", version, repository}
	if ca := os.Getenv("QUATRAIN_CA"); ca != "" {
		argv = append(argv, "--secret", "id=ca,src="+ca)
	}
	return argv
}

func refused(t *testing.T, b builder, dir string, argv []string, want string) {
	t.Helper()
	if e := b.run(t, dir, argv...); e.code != 1 || !strings.Contains(e.stderr, "release: ") || !strings.Contains(e.stderr, want) {
		t.Errorf("%q ended with %d and said, not %q:\n%s", argv, e.code, want, e.all())
	}
}

// committed is a repository of its own with what a release is made of, and a change log
// with the versions of this file.
func committed(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for _, name := range []string{"cmd", "frontend", "internal", "llb", ".ci"} {
		must(t, os.CopyFS(filepath.Join(dir, name), os.DirFS("../"+name)))
	}
	for _, name := range []string{"go.mod", "go.sum", "Dockerfile.frontend", "Dockerfile.frontend.dockerignore"} {
		data, err := os.ReadFile("../" + name)
		must(t, err)
		must(t, os.WriteFile(filepath.Join(dir, name), data, 0o644))
	}
	must(t, os.WriteFile(filepath.Join(dir, "CHANGELOG.md"), []byte("# Changes\n\n## 9.9.0-rc.1\n\n## 9.8.7 (2026-01-01)\n"), 0o644))
	r := repository{t: t, work: dir}
	r.git("init", "--quiet")
	r.git("add", ".")
	r.git("commit", "--quiet", "--message", "all of it")
	return dir
}

// exported are the files of an image in the registry.
func exported(t *testing.T, b builder, arch, reference string) map[string]*imageFile {
	t.Helper()
	archive := filepath.Join(t.TempDir(), "files.tar")
	b.must(t, ".", "crane", "export", "--platform", "linux/"+arch, reference, archive)
	return readTree(t, archive, "/")
}

// isStatic checks that a program is for a machine, and loads nothing.
func isStatic(t *testing.T, name string, data []byte, machine elf.Machine) {
	t.Helper()
	program, err := elf.NewFile(bytes.NewReader(data))
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	if program.Machine != machine {
		t.Errorf("%s is for %s", name, program.Machine)
	}
	for _, p := range program.Progs {
		if p.Type == elf.PT_INTERP {
			t.Errorf("%s is linked dynamically", name)
		}
	}
}

// emulated starts the helper of arm64, that says what it lacks.
func emulated(t *testing.T, helper []byte) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "helper")
	must(t, os.WriteFile(name, helper, 0o755))
	argv := []string{name}
	if runtime.GOARCH == "amd64" {
		argv = []string{variable(t, "QUATRAIN_QEMU"), name}
	}
	out, err := exec.Command(argv[0], argv[1:]...).CombinedOutput()
	if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != 2 || !strings.HasPrefix(string(out), "quatrain-helper: ") {
		t.Errorf("the helper of arm64: %v: %s", err, out)
	}
}

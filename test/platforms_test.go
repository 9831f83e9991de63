package test

import (
	"archive/tar"
	"bytes"
	"debug/elf"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/moby/buildkit/client"
	bkllb "github.com/moby/buildkit/client/llb"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// One build makes the images of two platforms, and runs nothing of the other one: the
// kernel would not. All programs in the image for arm64 are arm64's, and they run.
func TestPlatforms(t *testing.T) {
	notEmulated(t)
	p := onPlatforms(t, fresh("platforms")) // so that something runs
	o := bare(t).buildx(t, request{dir: p.dir, opts: map[string]string{"platform": "linux/amd64,linux/arm64"}})
	if o.err != nil {
		t.Fatalf("%v\n%s", o.err, o.log)
	}
	if strings.Contains(o.log, "emulation") {
		t.Errorf("there is a warning:\n%s", o.log)
	}
	if n := len(withPrefix(o.ran, "[compile]")); n == 0 {
		t.Errorf("only %q ran: this test proves nothing", o.ran)
	}
	images := readPlatforms(t, o.archive)
	for platform, machine := range map[string]elf.Machine{"linux/amd64": elf.EM_X86_64, "linux/arm64": elf.EM_AARCH64} {
		programs := 0
		for name, f := range images[platform].files {
			program, err := elf.NewFile(bytes.NewReader(f.data))
			if err != nil {
				continue
			}
			programs++
			if program.Machine != machine {
				t.Errorf("%s: %s is for %s", platform, name, program.Machine)
			}
		}
		if programs < 100 || images[platform].files["/opt/venv/bin/native"] == nil {
			t.Errorf("%s: only %d programs: this test looks at nothing", platform, programs)
		}
	}
	root := unpacked(t, images["linux/arm64"])
	config := images["linux/arm64"].config
	if config.Architecture != "arm64" || !slices.Equal(config.Config.Cmd, []string{"shop"}) {
		t.Errorf("the image is for %s, its command %q", config.Architecture, config.Config.Cmd)
	}
	for _, c := range []struct{ want, program, argument string }{
		{"open", "/opt/venv/bin/python", "/opt/venv/bin/shop"},
		{"arm64", "/opt/venv/bin/native", ""},
	} {
		out, err := exec.Command("chroot", root, "/qemu", c.program, c.argument).CombinedOutput()
		if err != nil || strings.TrimSpace(string(out)) != c.want {
			t.Errorf("%s %s: %v: %s", c.program, c.argument, err, out)
		}
	}
}

// Where a package has no wheel for a platform, this is said before and after.
func TestPlatformsEmulated(t *testing.T) {
	notEmulated(t)
	p := newGitProject(t, "")
	p.addFiles(t, unseen(t, "packed", library(t, "packed", "1.0")))
	p.write(t)
	o := build(t, inProcess, request{dir: p.dir, opts: map[string]string{"platform": "linux/amd64,linux/arm64"}})
	fails(t, o, `>>> name = "packed"`, "linux/arm64: building packed 1.0", "exec format error", "register emulation with the kernel (binfmt_misc)", "A version of packed with a wheel for it needs neither")
	if want := "packed 1.0 must be built from source on linux/arm64, and this builder is linux/amd64"; strings.Count(o.log, want) != 1 {
		t.Errorf("no %q in:\n%s", want, o.log)
	}
}

// onPlatforms is a project with a wheel, and programs for both platforms.
func onPlatforms(t *testing.T, w pindex.Wheel) *project {
	t.Helper()
	x := newIndex(t, w, alpha)
	return (&project{index: x, toml: newest(plainProject), locks: []locked{{wheel: w}, {wheel: alpha}, native(t, x)}}).write(t)
}

// newest has a project on the Python whose base image is there for both platforms.
func newest(toml string) string {
	return strings.Replace(toml, "python = \"3.11\"", "python = \"3.13\"", 1)
}

// notEmulated makes sure that the kernel of this amd64 runs no program of arm64.
func notEmulated(t *testing.T) {
	t.Helper()
	if runtime.GOARCH != "amd64" {
		t.Fatal("nothing is proven: this test is about arm64 on a builder of amd64")
	}
	arm := ocispecs.Platform{OS: "linux", Architecture: "arm64"}
	def, err := bkllb.Image(registry(t)+"/library/python:3.13-slim", bkllb.Platform(arm)).
		Run(bkllb.Args([]string{"/usr/bin/true"}), bkllb.IgnoreCache).Root().Marshal(t.Context(), bkllb.Platform(arm))
	must(t, err)
	var said progress
	status := make(chan *client.SolveStatus)
	var wg sync.WaitGroup
	wg.Go(func() {
		for s := range status {
			said.add(s)
		}
	})
	_, err = daemon(t).Solve(t.Context(), def, client.SolveOpt{}, status)
	wg.Wait()
	if err == nil {
		t.Fatal("nothing can be proven: the kernel of this machine runs programs of arm64 (`test/lab/lab down` takes the lab's emulation away)")
	}
	if !strings.Contains(err.Error()+said.text.String(), "exec format error") {
		t.Fatalf("%v\n%s", err, said.text.String())
	}
}

// native adds wheels with a program for each platform, and returns their entry.
func native(t *testing.T, x *index) locked {
	t.Helper()
	const script = "native-1.0.data/scripts/native"
	var entry strings.Builder
	entry.WriteString("[[package]]\nname = \"native\"\nversion = \"1.0\"\ndescription = \"\"\noptional = false\npython-versions = \">=3.8\"\ngroups = [\"main\"]\nfiles = [\n")
	for _, arch := range []struct{ of, tag string }{{"amd64", "x86_64"}, {"arm64", "aarch64"}} {
		w := pindex.Wheel{Name: "native", Version: "1.0", Tag: "py3-none-manylinux_2_17_" + arch.tag,
			Files: map[string]string{script: program(t, arch.of)}, Modes: map[string]uint32{script: 0o755}}
		x.Add(w)
		entry.WriteString("    {file = \"" + w.Filename() + "\", hash = \"sha256:" + pindex.SHA256(w) + "\"},\n")
	}
	entry.WriteString("]\n\n[package.source]\ntype = \"legacy\"\nurl = \"" + x.URL + "/simple\"\nreference = \"local\"\n")
	return locked{entry: entry.String()}
}

// program is one that says what it was compiled for.
func program(t *testing.T, arch string) string {
	t.Helper()
	dir := t.TempDir()
	source, out := filepath.Join(dir, "main.go"), filepath.Join(dir, "native")
	must(t, os.WriteFile(source, []byte("package main\n\nimport \"runtime\"\n\nfunc main() { print(runtime.GOARCH) }\n"), 0o644))
	build := exec.Command("go", "build", "-o", out, "-trimpath", "-ldflags", "-s -w", source)
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOARCH="+arch)
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	data, err := os.ReadFile(out)
	must(t, err)
	return string(data)
}

// readPlatforms reads an archive with an image for each platform.
func readPlatforms(t *testing.T, name string) map[string]*image {
	t.Helper()
	a := readArchive(t, name)
	var index ocispecs.Index
	decode(t, a["index.json"], &index)
	if d := index.Manifests[0]; d.MediaType == ocispecs.MediaTypeImageIndex {
		decode(t, a.blob(d.Digest), &index)
	}
	images := map[string]*image{}
	for _, d := range index.Manifests {
		images[d.Platform.OS+"/"+d.Platform.Architecture] = a.image(t, d)
	}
	return images
}

// unpacked is a folder with an image's files, and the emulator as /qemu.
func unpacked(t *testing.T, im *image) string {
	t.Helper()
	root := t.TempDir()
	for _, name := range slices.Sorted(maps.Keys(im.files)) {
		f, at := im.files[name], filepath.Join(root, name)
		switch f.header.Typeflag {
		case tar.TypeDir:
			must(t, os.MkdirAll(at, 0o755))
		case tar.TypeReg:
			must(t, os.WriteFile(at, f.data, f.header.FileInfo().Mode().Perm()))
		case tar.TypeSymlink:
			must(t, os.Symlink(f.header.Linkname, at))
		}
	}
	emulator, err := os.ReadFile(variable(t, "QUATRAIN_QEMU"))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(root, "qemu"), emulator, 0o755))
	return root
}

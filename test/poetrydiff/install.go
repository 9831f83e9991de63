package main

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/python/pep440"
	"github.com/quatrain-build/quatrain/test/answers"
)

// compareInstalled has Poetry install for real, into an environment of its own, and
// compares what is there with the answer of the dry run: packages, versions, files.
// A project with packages from elsewhere than an index is left out.
func (d *diff) compareInstalled(s subject, r answers.Recorded) error {
	t := d.targets[1]
	i := slices.IndexFunc(r.Answers, func(a answers.Answer) bool {
		return a.Python == t.version && len(a.Options)+len(a.Settings) == 0 && a.Refused == ""
	})
	fromElsewhere := func(p answers.Package) bool { return p.File == "" }
	if i < 0 || slices.ContainsFunc(r.Answers[i].Packages, fromElsewhere) {
		return nil
	}
	venv := filepath.Join(d.temp, "venv")
	defer os.RemoveAll(venv)
	if err := command(exec.Command(filepath.Join(t.dir, "bin/python"), "-m", "venv", "--without-pip", venv)); err != nil {
		return err
	}
	reply, err := d.poetry.ask(s.dir, venv, s.files, nil, "install", "--no-interaction", "--no-root")
	if err != nil {
		return err
	}
	if reply.Status != 0 {
		return fmt.Errorf("%s: `poetry install` fails after its dry run did not: %s", s.name, reply.Output)
	}
	d.installed++
	want := map[string]string{}
	for _, p := range r.Answers[i].Packages {
		want[id(p.Name, p.Version)] = p.File
	}
	got, err := installedIn(venv)
	if err != nil {
		return err
	}
	if !maps.Equal(got, want) {
		d.wrong++
		fmt.Printf("%s: installed are %v, the dry run said %v\n", s.name, got, want)
	}
	return nil
}

// id is a name with the normalised version: file names hold versions as they please.
func id(name, version string) string {
	if v, err := pep440.ParseVersion(version); err == nil {
		version = v.String()
	}
	return name + " " + version
}

// installedIn lists what an environment has: "name version" → the file that it says
// it was installed from.
func installedIn(venv string) (map[string]string, error) {
	infos, err := filepath.Glob(filepath.Join(venv, "lib/python3.*/site-packages/*.dist-info"))
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	for _, info := range infos {
		module, version, _ := strings.Cut(strings.TrimSuffix(filepath.Base(info), ".dist-info"), "-")
		file, err := os.ReadFile(filepath.Join(filepath.Dir(info), module, "FILE.txt"))
		if err != nil {
			return nil, err
		}
		all[id(strings.ReplaceAll(module, "_", "-"), version)] = string(file)
	}
	return all, nil
}

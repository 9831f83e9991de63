package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/moby/buildkit/solver/pb"
	"github.com/moby/buildkit/util/apicaps"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/quatrain-build/quatrain/frontend/offline"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/python/tags"
	"github.com/quatrain-build/quatrain/internal/source"
)

// newOfflineCommand returns a command that runs the frontend without a daemon. All such
// commands have the same options and one argument, the project's folder.
func newOfflineCommand(name, short string, run func(*cobra.Command, *offline.Client) error) *cobra.Command {
	c := &offline.Client{Opts: map[string]string{}, Folders: map[string]string{}}
	cmd := &cobra.Command{
		Use:   name + " [DIR]",
		Short: short,
		Args:  atMostOneFolder,
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	file := flags.StringP("file", "f", "", "the entry file, as docker's --file (default DIR/Dockerfile, else DIR/pyproject.toml)")
	option(c, flags, "target", "target", "target (default production)")
	option(c, flags, "platform", "platform", "platforms, comma separated (default linux/amd64)")
	flags.Func("build-arg", "build argument, NAME=VALUE", pair(c.Opts, "build-arg:"))
	flags.Func("build-context", "named context, NAME=VALUE: a folder, or any value that docker accepts", func(v string) error { return addContext(c, v) })
	option(c, flags, "context", "context", "build from another context, such as a git address; its files are read from DIR")
	flags.StringVar(&c.Base.Python, "python", "", "Python version of the base image, such as 3.13.1, or 3.13.1t for a free-threaded one (default: as its name says)")
	flags.Func("libc", "C library of the base image, such as glibc-2.36 or musl-1.2 (default: as its name says)", func(v string) (err error) {
		c.Base.Libc, err = tags.ParseLibc(v)
		return err
	})
	flags.Func("login", "name of a package source that a login is passed for", func(v string) error {
		c.Logins = append(c.Logins, v)
		return nil
	})
	flags.BoolFunc("no-merge", "as for a daemon without MergeOp", func(string) error {
		c.Without = []apicaps.CapID{pb.CapMergeOp, pb.CapDiffOp}
		return nil
	})
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if c.Dir = "."; len(args) == 1 {
			c.Dir = args[0]
		}
		if err := findEntry(c, *file, cmd.ErrOrStderr()); err != nil {
			return err
		}
		return run(cmd, c)
	}
	return cmd
}

func atMostOneFolder(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return &usageError{"more than one folder\nhint: Use " + cmd.CommandPath() + " [options] [DIR]."}
	}
	return nil
}

// findEntry sets the client's entry file: the given one, or that of its folder.
func findEntry(c *offline.Client, file string, errOut io.Writer) (err error) {
	if err := checkFolder(c.Dir); err != nil {
		return err
	}
	if file != "" {
		return nameEntry(c, file)
	}
	c.Opts["filename"], err = defaultEntry(c.Dir, errOut)
	return err
}

func checkFolder(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return &usageError{err.Error()}
	}
	if !info.IsDir() {
		return &usageError{dir + " is not a folder\nhint: Name the project's folder; name another entry file with --file."}
	}
	return nil
}

// nameEntry makes a file the entry file: its path is relative to the working directory,
// as for docker, and it may be outside of the context. A path that is there only in the
// context is accepted too.
func nameEntry(c *offline.Client, file string) error {
	full := file
	if _, err := os.Stat(full); err != nil {
		full = filepath.Join(c.Dir, file)
	}
	info, err := os.Stat(full)
	if err != nil || info.IsDir() {
		return &usageError{fmt.Sprintf("file %s not found, here or in %s", file, c.Dir)}
	}
	c.EntryDir, c.Opts["filename"] = filepath.Split(full)
	if c.EntryDir == "" {
		c.EntryDir = "."
	}
	if inside, err := filepath.Rel(c.Dir, full); err == nil && filepath.IsLocal(inside) {
		c.EntryDir, c.Opts["filename"] = c.Dir, filepath.ToSlash(inside)
	}
	return nil
}

// defaultEntry returns the entry file of a folder: its Dockerfile, and pyproject.toml where
// there is none, or where it has the syntax line itself and the other is a Dockerfile that
// has nothing to do with Quatrain. Errors: neither is there.
func defaultEntry(dir string, errOut io.Writer) (string, error) {
	const stub, project = "Dockerfile", "pyproject.toml"
	data, errStub := os.ReadFile(filepath.Join(dir, stub))
	manifest, errProject := os.ReadFile(filepath.Join(dir, project))
	switch {
	case errStub != nil && errProject != nil:
		return "", source.Errorf(source.Range{}, "%s not found in %s", project, dir).
			WithHint("Name the project's folder, or its stub with --file.")
	case errStub != nil:
		return project, nil
	case bytes.HasPrefix(manifest, []byte("# syntax=")) && pyproject.IsDockerfile(&source.File{Name: stub, Data: data}):
		fmt.Fprintln(errOut, "warning: Dockerfile is not a stub: pyproject.toml is read, as with --file pyproject.toml")
		return project, nil
	}
	return stub, nil
}

// addContext reads NAME=VALUE. A folder is a context of this machine.
func addContext(c *offline.Client, v string) error {
	name, value, ok := strings.Cut(v, "=")
	if !ok {
		return errors.New("want NAME=VALUE")
	}
	if info, err := os.Stat(value); err == nil && info.IsDir() {
		c.Folders[name] = value
		value = "local:" + name
	}
	c.Opts["context:"+name] = value
	return nil
}

// option defines a flag that the frontend gets as an option of the request.
func option(c *offline.Client, flags *pflag.FlagSet, name, key, usage string) {
	flags.Func(name, usage, func(v string) error { c.Opts[key] = v; return nil })
}

func pair(opts map[string]string, prefix string) func(string) error {
	return func(v string) error {
		name, value, ok := strings.Cut(v, "=")
		if !ok {
			return errors.New("want NAME=VALUE")
		}
		opts[prefix+name] = value
		return nil
	}
}

package main

import (
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/quatrain-build/quatrain/frontend/offline"
)

// offlineClient reads the command line of a command that runs the frontend without a
// daemon: the options that all of them have, and more.
func offlineClient(name string, args []string, errOut io.Writer, more func(*offline.Client, *flag.FlagSet)) (*offline.Client, error) {
	c := &offline.Client{Opts: map[string]string{}}
	flags := flag.NewFlagSet("quatrain "+name, flag.ContinueOnError)
	flags.SetOutput(errOut)
	option(c, flags, "target", "target", "target (default production)")
	option(c, flags, "file", "filename", "the entry file (default Dockerfile, else pyproject.toml)")
	flags.Func("build-arg", "build argument, NAME=VALUE", pair(c.Opts, "build-arg:"))
	if more != nil {
		more(c, flags)
	}
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil, err
		}
		return nil, &usageError{err.Error()}
	}
	if flags.NArg() != 1 {
		return nil, &usageError{"name one folder, after the options: quatrain " + name + " [options] DIR"}
	}
	c.Dir = flags.Arg(0)
	if _, err := os.Stat(filepath.Join(c.Dir, "Dockerfile")); err != nil && c.Opts["filename"] == "" {
		c.Opts["filename"] = "pyproject.toml"
	}
	return c, nil
}

// option is a flag that the frontend gets as an option of the request.
func option(c *offline.Client, flags *flag.FlagSet, name, key, usage string) {
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

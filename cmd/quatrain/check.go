package main

import (
	"context"
	"errors"
	"io"

	"github.com/moby/buildkit/frontend/subrequests/lint"

	"github.com/quatrain-build/quatrain/frontend"
)

// runCheck prints what `docker build --check` would; a finding is an error.
func runCheck(args []string, out, errOut io.Writer) error {
	c, err := offlineClient("check", args, errOut, nil)
	if err != nil {
		return err
	}
	c.Opts["requestid"] = lint.SubrequestLintDefinition.Name
	res, err := frontend.Build(context.Background(), c)
	if err != nil {
		return err
	}
	if _, err := out.Write(res.Metadata["result.txt"]); err != nil {
		return err
	}
	if status := string(res.Metadata["result.statuscode"]); status != "0" {
		return errors.New("the rules found something")
	}
	return nil
}

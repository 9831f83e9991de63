package command

import "github.com/quatrain-build/quatrain/internal/step"

// RunTest runs the test command. The command may write to the workdir, as tests often do, and
// to Out, whose files are the step's output.
func RunTest(s step.Test) error {
	u, err := parseUser(s.User)
	if err != nil {
		return err
	}
	for _, dir := range []string{s.Dir, s.Out} {
		if err := u.own(dir); err != nil {
			return err
		}
	}
	return u.run(step.CommandFailed, s.Dir, s.Command, func(string) (what, hint string) { return "", inTheLog })
}

package apt

import (
	"bytes"
	"os/exec"
	"strings"

	"github.com/quatrain-build/quatrain/internal/helper/process"
	"github.com/quatrain-build/quatrain/internal/names"
	"github.com/quatrain-build/quatrain/internal/step"
)

// checkExact refuses a package that apt-get knows no such name of, if it would take the
// name for something else then: with a "." for a regular expression, with a "+" at the
// end for an order. Every other name it refuses itself. apt-get has an option against
// that since apt 2.0 only.
func (i installer) checkExact(packages []string) error {
	missing := map[string]bool{}
	for _, p := range packages {
		if name, _ := names.DebianPackage(p); strings.ContainsAny(name, ".+") {
			missing[name] = true
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if err := i.packageNames(&lines{do: func(line string) { delete(missing, line) }}); err != nil {
		return err
	}
	for _, p := range packages {
		if name, _ := names.DebianPackage(p); missing[name] {
			return &step.Problem{
				Kind: step.Failed, Package: name, Message: "the base image's Debian has no package with that name",
				Hint: "Write the whole name, as `apt-cache search` prints it in the base image.",
			}
		}
	}
	return nil
}

// aptNames writes the name of each package that apt knows, one a line, virtual ones too.
func aptNames(out *lines) error {
	cmd := exec.Command("apt-cache", "--all-names", "pkgnames")
	cmd.Stdout = out
	var log bytes.Buffer
	cmd.Stderr = &log
	if err := process.Run(cmd); err != nil {
		return &step.Problem{Kind: step.Failed, Message: "apt-cache: " + err.Error() + "\n" + strings.TrimSpace(log.String())}
	}
	return nil
}

// lines is an io.Writer that calls do with each line, and keeps no more than one.
type lines struct {
	do   func(line string)
	rest []byte
}

// Write implements io.Writer.
func (l *lines) Write(b []byte) (int, error) {
	const most = 4096 // no package has such a name
	for _, c := range b {
		if c == '\n' {
			l.do(string(l.rest))
			l.rest = l.rest[:0]
		} else if len(l.rest) < most {
			l.rest = append(l.rest, c)
		}
	}
	return len(b), nil
}

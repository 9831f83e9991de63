package process

import (
	"bytes"
	"errors"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// A program is done when it has ended, whoever still holds its output, and what it left
// behind is killed.
func TestRunEndsWhatIsLeft(t *testing.T) {
	var out bytes.Buffer
	cmd := exec.Command("sh", "-c", "sleep 3600 & echo $!")
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := Run(cmd); err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(out.String()))
	if err != nil {
		t.Fatalf("output %q", out.String())
	}
	// The killed process is a zombie until its new parent has seen it.
	for syscall.Kill(pid, 0) == nil {
		if state, err := exec.Command("ps", "-o", "stat=", "-p", strconv.Itoa(pid)).Output(); err != nil || strings.HasPrefix(string(state), "Z") {
			break
		}
	}
}

// The program's own failure is the one that is reported, whatever it left.
func TestRunFails(t *testing.T) {
	var out bytes.Buffer
	cmd := exec.Command("sh", "-c", "sleep 3600 & echo said; exit 3")
	cmd.Stdout = &out
	var exit *exec.ExitError
	if err := Run(cmd); !errors.As(err, &exit) || exit.ExitCode() != 3 || out.String() != "said\n" {
		t.Errorf("%v, output %q", err, out.String())
	}
	if err := Run(exec.Command("/no/such/program")); err == nil {
		t.Error("a program that is not there was run")
	}
}

// What a program printed arrives whole.
func TestRunOutput(t *testing.T) {
	var out bytes.Buffer
	cmd := exec.Command("sh", "-c", "head -c 1000000 /dev/zero")
	cmd.Stdout = &out
	if err := Run(cmd); err != nil || out.Len() != 1000000 {
		t.Errorf("%v, %d bytes", err, out.Len())
	}
}

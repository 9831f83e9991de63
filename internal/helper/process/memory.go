package process

import (
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// MemoryError is the failure of a program, or of one that it started, that was killed
// because memory ran out. Programs often do not say it themselves: the kernel ends them.
type MemoryError struct{ Err error }

func (e *MemoryError) Error() string {
	return e.Err.Error() + ": a process was killed because the builder ran out of memory"
}

func (e *MemoryError) Unwrap() error { return e.Err }

// MemoryHint says what to do about a [MemoryError].
const MemoryHint = "Give the builder more memory, or let it run fewer steps at once (max-parallelism in buildkitd.toml)."

// Hint returns the hint for a program's failure: MemoryHint for a [MemoryError], else other.
func Hint(err error, other string) string {
	if m := (*MemoryError)(nil); errors.As(err, &m) {
		return MemoryHint
	}
	return other
}

// orMemory returns a failure as a [MemoryError] if processes of this container were killed
// for want of memory since kills was counted, or if the program itself was killed.
func orMemory(err error, kills int) error {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return err
	}
	status, _ := exit.Sys().(syscall.WaitStatus)
	if memoryKills() > kills || status.Signaled() && status.Signal() == syscall.SIGKILL {
		return &MemoryError{err}
	}
	return err
}

// memoryKills counts the processes of this container that were killed for want of memory;
// 0 if the kernel does not say.
func memoryKills() int {
	for _, name := range []string{"/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"} {
		data, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(data)) {
			if n, ok := strings.CutPrefix(line, "oom_kill "); ok {
				count, _ := strconv.Atoi(strings.TrimSpace(n))
				return count
			}
		}
	}
	return 0
}

package pep517

import (
	"fmt"
	"syscall"
)

// keepSecrets closes this process to those that it starts: a backend runs as the
// same user, and could read the environment and the memory of its parents in /proc.
func keepSecrets() error {
	const setDumpable = 4 // PR_SET_DUMPABLE
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, setDumpable, 0, 0); errno != 0 {
		return fmt.Errorf("keeping secrets from build backends: %w", errno)
	}
	return nil
}

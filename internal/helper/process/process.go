// Package process runs programs and ends all processes that they leave behind.
package process

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// Run starts a program and waits for it, and for nothing that it started: a compiler
// server or a daemon that keeps the output open would hold a step forever. What is still
// running when the program has ended is killed, so that it changes nothing afterwards.
// A step runs one program at a time. Errors: a [MemoryError] if memory ran out.
func Run(cmd *exec.Cmd) error {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	cmd.WaitDelay = time.Second // for output that is still in the pipe
	kills := memoryKills()
	err := cmd.Run()
	if cmd.Process != nil {
		killRest(cmd.Process.Pid)
	}
	if errors.Is(err, exec.ErrWaitDelay) { // only after success
		err = nil
	}
	return orMemory(err, kills)
}

// killRest kills the program's process group and, in a container whose first process this
// is, all that has left the group: there, -1 is everything but this process.
func killRest(group int) {
	_ = syscall.Kill(-group, syscall.SIGKILL) // no such process, most of the time
	if os.Getpid() == 1 {
		_ = syscall.Kill(-1, syscall.SIGKILL)
	}
}

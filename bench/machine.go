package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// machine is what results were measured on and with.
type machine struct {
	CPU      string            `json:"cpu"`
	Cores    int               `json:"cores"`
	MemoryGB int               `json:"memory_gb"`
	Kernel   string            `json:"kernel"`
	Commit   string            `json:"commit"`
	Versions map[string]string `json:"versions"`
}

// String is what tells machines apart.
func (m machine) String() string {
	return fmt.Sprintf("%d cores of %s, %d GB, Linux %s", m.Cores, m.CPU, m.MemoryGB, m.Kernel)
}

// machinesOf are those of some results: the one that was used last comes first, but
// after all others one that has no cold build, which most of the report is about.
func machinesOf(all []measured) (names []string) {
	var others []string
	for _, m := range slices.Backward(all) {
		if m.Case == coldCase {
			add(&names, m.on.String())
		}
		add(&others, m.on.String())
	}
	for _, name := range others {
		add(&names, name)
	}
	return names
}

func thisMachine() machine {
	m := machine{
		CPU:    after("/proc/cpuinfo", "model name"),
		Cores:  runtime.NumCPU(),
		Kernel: said("uname", "-r"),
		Commit: said("git", "rev-parse", "--short=12", "HEAD"),
		Versions: map[string]string{
			"buildkitd": word(said("buildkitd", "--version"), 2),
			"buildx":    word(said("docker", "buildx", "version"), 1),
			"engine":    said("docker", "version", "--format", "{{.Server.Version}}"),
			"runc":      word(said("runc", "--version"), 2),
		},
	}
	kB, _ := strconv.Atoi(word(after("/proc/meminfo", "MemTotal"), 0))
	m.MemoryGB = (kB + 1<<19) >> 20
	if said("git", "status", "--porcelain", "--untracked-files=no") != "" {
		m.Commit += "-dirty"
	}
	return m
}

// loadAverage is the machine's of the last minute.
func loadAverage() float64 {
	data, _ := os.ReadFile("/proc/loadavg")
	load, _ := strconv.ParseFloat(word(string(data), 0), 64)
	return load
}

// cpuSeconds is how long all cores together have worked since the machine started.
func cpuSeconds() float64 {
	data, _ := os.ReadFile("/proc/stat")
	first, _, _ := strings.Cut(string(data), "\n")
	var ticks int
	for i, f := range strings.Fields(first) {
		if i == 1 || i == 2 || i == 3 || i == 6 || i == 7 { // user, nice, system, irq, softirq
			n, _ := strconv.Atoi(f)
			ticks += n
		}
	}
	return float64(ticks) / 100 // USER_HZ
}

// after is what a file has behind a name and a colon.
func after(file, name string) string {
	data, _ := os.ReadFile(file)
	for line := range strings.Lines(string(data)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// said is the output of a command, or "" where it fails.
func said(name string, args ...string) string {
	out, _ := exec.Command(name, args...).Output()
	return strings.TrimSpace(string(out))
}

func word(text string, i int) string {
	if words := strings.Fields(text); i < len(words) {
		return words[i]
	}
	return ""
}

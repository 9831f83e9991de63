package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// result is one build.
type result struct {
	Side        string    `json:"side"`
	Case        string    `json:"case"`
	Compression string    `json:"compression"`
	Bytecode    bool      `json:"bytecode"`
	Run         int       `json:"run"`
	Time        time.Time `json:"time"`
	Load        float64   `json:"load"` // the machine's load average before

	Seconds float64 `json:"seconds"` // from the client's start to a pushed image
	CPU     float64 `json:"cpu"`     // seconds of all cores and processes in that time

	Size                 int64    `json:"size"`         // bytes of the image's layers as pushed
	Dependencies         int64    `json:"dependencies"` // those of the layers with packages
	Pushed               int64    `json:"pushed"`       // bytes that the repository did not have
	PushedDependencies   int64    `json:"pushed_dependencies"`
	Operations           int      `json:"operations"` // that ran
	DependencyOperations int      `json:"dependency_operations"`
	Ran                  []string `json:"ran"`

	Starts []float64 `json:"starts,omitempty"` // seconds from docker run to an answer, with a cold build
}

// session is a file of results: a line on the machine, then a line a result, written
// as soon as it is there.
type session struct {
	machine machine
	file    *os.File
}

func newSession(name string) (*session, error) {
	s := &session{machine: thisMachine()}
	if name == "" {
		name = filepath.Join("bench/results", fmt.Sprintf("%s-%s.jsonl", time.Now().UTC().Format("20060102-150405"), s.machine.Commit))
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return nil, err
	}
	var err error
	if s.file, err = os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644); err != nil {
		return nil, err
	}
	fmt.Println("results go to", name)
	return s, s.write(map[string]machine{"machine": s.machine})
}

func (s *session) write(v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = s.file.Write(append(line, '\n'))
	return err
}

// measured is a result and the machine it was measured on.
type measured struct {
	result
	on machine
}

// readResults reads all sessions of a folder, in the order of their names.
func readResults(dir string) (all []measured, err error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if err := readSession(name, &all); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return all, nil
}

func readSession(name string, all *[]measured) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	var on machine
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var line struct {
			Machine *machine `json:"machine"`
			result
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return err
		}
		if line.Machine != nil {
			on = *line.Machine
			continue
		}
		*all = append(*all, measured{line.result, on})
	}
	return lines.Err()
}

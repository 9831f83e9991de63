package answers

import (
	"fmt"
	"os"
	"strings"
)

// Differences are the answers where Quatrain means to differ from Poetry. Each is
// a line "project: answer: reason"; "*" stands for every answer of the project. "#"
// starts a comment.
type Differences []Difference

// Difference is one entry.
type Difference struct{ Project, Answer, Reason string }

// ReadDifferences reads the list.
func ReadDifferences(name string) (Differences, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var all Differences
	for _, line := range strings.Split(string(data), "\n") {
		line, _, _ = strings.Cut(line, "#")
		if strings.TrimSpace(line) == "" {
			continue
		}
		parts := strings.SplitN(line, ": ", 3)
		if len(parts) != 3 {
			return nil, fmt.Errorf("%s: %q is not of the form \"project: answer: reason\"", name, line)
		}
		all = append(all, Difference{Project: strings.TrimSpace(parts[0]), Answer: strings.TrimSpace(parts[1]), Reason: strings.TrimSpace(parts[2])})
	}
	return all, nil
}

// Reason is why this answer may differ, "" where it may not.
func (all Differences) Reason(project string, a Answer) string {
	for _, d := range all {
		if d.Project == project && (d.Answer == "*" || d.Answer == a.String()) {
			return d.Reason
		}
	}
	return ""
}

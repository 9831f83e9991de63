package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// history is what a real project's lock was, commit by commit.
type history struct {
	Source string
	States []state
}

// state is what one commit locked for production.
type state struct {
	Commit   string
	Packages map[string]locked
}

type locked struct {
	Version string
	Size    int64 // of the wheel for CPython 3.12 on Linux x86_64; of the sdist where there is none
}

// last is what the newest commit locks.
func (h *history) last() map[string]locked { return h.States[len(h.States)-1].Packages }

// uvLock is the part of a uv.lock that is needed here: it states every file's size.
type uvLock struct {
	Package []uvPackage
}

type uvPackage struct {
	Name, Version string
	Source        struct{ Virtual, Editable string }
	Dependencies  []edge
	Optional      map[string][]edge `toml:"optional-dependencies"`
	Sdist         file
	Wheels        []file
}

type edge struct {
	Name  string
	Extra []string
}

type file struct {
	URL  string
	Size int64
}

// read makes the history of the last n changes of a lock, from a clone.
func read(clone, path string, n int) (*history, error) {
	out, err := exec.Command("git", "-C", clone, "log", "--first-parent", "--format=%H", "--", path).Output()
	if err != nil {
		return nil, err
	}
	h := &history{}
	for _, commit := range strings.Fields(string(out)) {
		text, err := exec.Command("git", "-C", clone, "show", commit+":"+path).Output()
		if err != nil {
			return nil, fmt.Errorf("%s at %s: %w", path, commit, err)
		}
		var lock uvLock
		if err := toml.Unmarshal(text, &lock); err != nil {
			return nil, fmt.Errorf("%s at %s: %w", path, commit, err)
		}
		s := state{commit, production(lock)}
		if len(h.States) > 0 && maps.Equal(h.States[0].Packages, s.Packages) {
			h.States[0] = s // nothing of production changed: the earlier commit stands for both
			continue
		}
		if h.States = append([]state{s}, h.States...); len(h.States) > n {
			return h, nil
		}
	}
	return nil, fmt.Errorf("%s has only %d states", path, len(h.States))
}

// production walks the lock from its project's own dependencies, without groups.
func production(lock uvLock) map[string]locked {
	byName := map[string][]uvPackage{}
	var todo []edge
	for _, p := range lock.Package {
		byName[p.Name] = append(byName[p.Name], p)
		if p.Source.Virtual != "" || p.Source.Editable != "" {
			todo = append(todo, p.Dependencies...)
		}
	}
	all, seen := map[string]locked{}, map[string]bool{}
	for len(todo) > 0 {
		e := todo[0]
		todo = todo[1:]
		if key := e.Name + " " + strings.Join(e.Extra, ","); seen[key] {
			continue
		} else {
			seen[key] = true
		}
		for _, p := range byName[e.Name] {
			todo = append(todo, p.Dependencies...)
			for _, extra := range e.Extra {
				todo = append(todo, p.Optional[extra]...)
			}
			all[p.Name] = locked{p.Version, wheelSize(p)}
		}
	}
	return all
}

func wheelSize(p uvPackage) int64 {
	for _, tags := range [][2]string{{"-cp312-cp312-", "x86_64"}, {"-abi3-", "x86_64"}, {"-py3-none-", "x86_64"}, {"-none-any", ""}} {
		for _, w := range p.Wheels {
			if strings.Contains(w.URL, tags[0]) && strings.Contains(w.URL, tags[1]) &&
				(tags[1] == "" || strings.Contains(w.URL, "linux") && !strings.Contains(w.URL, "musl")) {
				return w.Size
			}
		}
	}
	return p.Sdist.Size
}

// stored is a history as its file has it: what differs from the state before.
type stored struct {
	Source  string
	Changes []change
}

type change struct {
	Commit string
	Set    map[string]locked
	Gone   []string `json:",omitempty"`
}

func (h *history) save(name string) error {
	s := stored{Source: h.Source}
	before := map[string]locked{}
	for _, state := range h.States {
		c := change{Commit: state.Commit, Set: map[string]locked{}}
		for name, p := range state.Packages {
			if was, ok := before[name]; !ok || was != p {
				c.Set[name] = p
			}
		}
		for _, name := range slices.Sorted(maps.Keys(before)) {
			if _, ok := state.Packages[name]; !ok {
				c.Gone = append(c.Gone, name)
			}
		}
		s.Changes = append(s.Changes, c)
		before = state.Packages
	}
	data, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(name, append(data, '\n'), 0o644)
}

func load(name string) (*history, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var s stored
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, err
	}
	h := &history{Source: s.Source}
	now := map[string]locked{}
	for _, c := range s.Changes {
		maps.Copy(now, c.Set)
		for _, name := range c.Gone {
			delete(now, name)
		}
		h.States = append(h.States, state{c.Commit, maps.Clone(now)})
	}
	return h, nil
}

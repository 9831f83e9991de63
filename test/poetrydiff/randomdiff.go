package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/quatrain-build/quatrain/test/answers"
)

// random compares seeds that both Poetrys can lock; a seed whose dependencies do not
// go together is passed over. Those of an odd seed are written in [project] and
// [dependency-groups] for the current Poetry, all others in [tool.poetry]. Each is
// installed for two of the Pythons.
func (d *diff) random(c config) error {
	locker, err := newOracle(old, d.proxy.environment())
	if err != nil {
		return err
	}
	defer locker.close()
	dir := filepath.Join(d.temp, "random")
	if c.keep {
		if dir, err = os.MkdirTemp("", "poetrydiff-random"); err != nil {
			return err
		}
		fmt.Println("the random projects are in", dir)
	}
	first, count := c.first, c.seeds
	if c.one > 0 {
		first, count = c.one, 1
	}
	if c.update {
		if err := os.RemoveAll(randomDir); err != nil {
			return err
		}
	}
	passed := 0
	for seed := first; count > 0; seed++ {
		where, record := dir, c.update && len(d.recorded) < recordedSeeds*2
		if record {
			where = randomDir
		}
		ok, err := d.seed(locker, where, seed, record)
		switch {
		case err != nil:
			return err
		case ok:
			count--
		case c.one > 0:
			return fmt.Errorf("seed %d cannot be locked", seed)
		default:
			passed++
		}
	}
	fmt.Printf("%d seeds compared, %d cannot be locked\n", c.seeds, passed)
	if c.update {
		return answers.Write(randomAnswers, d.recorded)
	}
	return nil
}

// seed locks and compares one random project; false where it cannot be locked.
func (d *diff) seed(locker *oracle, dir string, seed int, record bool) (bool, error) {
	m := newModel(seed)
	d.proxy.serve(m.host, m.releases)
	texts := map[*oracle]string{locker: m.poetryTOML(), d.poetry: m.poetryTOML()}
	if seed%2 == 1 {
		texts[d.poetry] = m.standardTOML()
	}
	var subjects []subject
	for _, o := range []*oracle{locker, d.poetry} {
		name := seedName(seed, o)
		s, ok, err := d.lockSeed(o, name, filepath.Join(dir, name), texts[o])
		if !ok || err != nil {
			for _, failed := range []*oracle{locker, d.poetry} {
				os.RemoveAll(filepath.Join(dir, seedName(seed, failed)))
			}
			return false, err
		}
		subjects = append(subjects, s)
	}
	pythons := slices.Delete(slices.Clone(d.targets), seed%3, seed%3+1)
	for _, s := range subjects {
		r, err := d.compare(s, pythons)
		if err != nil {
			return false, err
		}
		if record {
			d.recorded = append(d.recorded, r)
		}
	}
	return true, nil
}

func seedName(seed int, o *oracle) string { return fmt.Sprintf("seed-%d-%s", seed, o.version) }

func (d *diff) lockSeed(o *oracle, name, dir, text string) (subject, bool, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return subject{}, false, err
	}
	if err := os.WriteFile(filepath.Join(dir, "pyproject.toml"), []byte(text), 0o644); err != nil {
		return subject{}, false, err
	}
	os.Remove(filepath.Join(dir, "poetry.lock"))
	abs, err := filepath.Abs(dir)
	if err != nil {
		return subject{}, false, err
	}
	reply, err := o.ask(abs, d.targets[1].dir, false, nil, "lock", "--no-interaction")
	if err != nil || reply.Status != 0 {
		return subject{}, false, err
	}
	s, err := d.subject(name, dir)
	return s, true, err
}

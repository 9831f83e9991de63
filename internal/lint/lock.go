package lint

import (
	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
)

var staleLock = Rule{
	Name:        "StaleLock",
	Description: "poetry.lock must match pyproject.toml",
	find: func(p *pyproject.Project, l *lockfile.Lock) []finding {
		if l.Fresh(p.Root) {
			return nil
		}
		return []finding{{l.ContentHash.At, "pyproject.toml changed since poetry.lock was generated: run `poetry lock`"}}
	},
}

var legacyLock = Rule{
	Name:        "LegacyLock",
	Description: "poetry.lock should have version 2.1 or later, which records the packages of each group",
	find: func(_ *pyproject.Project, l *lockfile.Lock) []finding {
		if l.HasGroups() {
			return nil
		}
		return []finding{{l.Version.At, "lock-version " + l.Version.Value + " is old: run `poetry lock` with Poetry 2"}}
	},
}

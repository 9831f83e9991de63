package lint

import (
	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
)

var staleLock = Rule{
	Name:        "StaleLock",
	Description: "poetry.lock must belong to pyproject.toml",
	find: func(p *pyproject.Project, l *lockfile.Lock) []finding {
		if l.Fresh(p.Root) {
			return nil
		}
		return []finding{{l.ContentHash.At, "pyproject.toml changed since poetry.lock was generated: run `poetry lock`"}}
	},
}

var legacyLock = Rule{
	Name:        "LegacyLock",
	Description: "locks from version 2.1 on record what each group installs",
	find: func(_ *pyproject.Project, l *lockfile.Lock) []finding {
		if l.HasGroups() {
			return nil
		}
		return []finding{{l.Version.At, "lock-version " + l.Version.Value + " is old: run `poetry lock` with Poetry 2"}}
	},
}

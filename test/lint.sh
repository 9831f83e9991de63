#!/usr/bin/env bash
# What `make lint` runs, with the lab's linters on PATH.
set -euo pipefail
cd "$(dirname "$0")/.."

unformatted=$(gofmt -l bench cmd frontend internal llb test)
[[ -z $unformatted ]] || { printf 'not formatted:\n%s\n' "$unformatted" >&2; exit 1; }
go vet ./...
staticcheck ./...
mapfile -t scripts < <(find bench test -name '*.sh' | sort)
# SC1091: what is sourced by a computed name is in the list itself.
shellcheck --shell bash --exclude SC1091 .ci/run .ci/release .ci/binaries test/lab/lab "${scripts[@]}"
go run github.com/rhysd/actionlint/cmd/actionlint@v1.7.12 .github/workflows/*.yaml examples/*/.github/workflows/*.yaml

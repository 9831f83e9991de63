#!/usr/bin/env bash
# Runs every fuzzer of the project for a while, or for so many inputs each: test/fuzz.sh 60s, test/fuzz.sh 2000x
set -euo pipefail
cd "$(dirname "$0")/.."
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
cache=$(go env GOCACHE)/fuzz

# Go's fuzzing engine sometimes fails with "context deadline exceeded" when its own time is
# up. A finding is another thing: it names an input or a seed, or a worker died.
own_deadline() {
  grep -q 'context deadline exceeded' "$1" &&
    ! grep -Eq 'Failing input written|failure while testing seed corpus|panic:|fuzzing process (hung|exited|terminated)' "$1"
}

for package in $(go list ./...); do
  folder=$(go list -f '{{.Dir}}' "$package")
  grep -qs '^func Fuzz' "$folder"/*_test.go || continue
  go test -c -fuzz . -o "$temporary/fuzz" "$package"
  for fuzzer in $(cd "$folder" && "$temporary/fuzz" -test.list '^Fuzz'); do
    echo "${package##*/} $fuzzer"
    (cd "$folder" && "$temporary/fuzz" -test.run '^$' -test.fuzz "^$fuzzer\$" -test.fuzztime "${1:-10s}" \
      -test.fuzzminimizetime 200x -test.fuzzcachedir "$cache/$package") 2>&1 | tee "$temporary/log" ||
      own_deadline "$temporary/log"
  done
done

#!/usr/bin/env bash
# Every fuzzer of the project for a while, or for so many inputs each: test/fuzz.sh 60s, test/fuzz.sh 2000x
set -euo pipefail
cd "$(dirname "$0")/.."
binaries=$(mktemp -d)
trap 'rm -rf "$binaries"' EXIT
cache=$(go env GOCACHE)/fuzz
for package in $(go list ./internal/...); do
  folder=$(go list -f '{{.Dir}}' "$package")
  grep -qs '^func Fuzz' "$folder"/*_test.go || continue
  go test -c -fuzz . -o "$binaries/fuzz" "$package"
  for fuzzer in $(cd "$folder" && "$binaries/fuzz" -test.list '^Fuzz'); do
    echo "${package##*/} $fuzzer"
    (cd "$folder" && "$binaries/fuzz" -test.run '^$' -test.fuzz "^$fuzzer\$" -test.fuzztime "${1:-10s}" \
      -test.fuzzminimizetime 200x -test.fuzzcachedir "$cache/$package")
  done
done

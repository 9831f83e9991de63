#!/usr/bin/env bash
# Every fuzzer of the project for a while: test/fuzz.sh 60s
set -euo pipefail
cd "$(dirname "$0")/.."
for package in $(go list ./internal/...); do
  for fuzzer in $(go test -list '^Fuzz' "$package" | grep '^Fuzz' || true); do
    echo "$package $fuzzer"
    go test -run '^$' -fuzz "^$fuzzer\$" -fuzztime "${1:-10s}" -fuzzminimizetime 200x "$package"
  done
done

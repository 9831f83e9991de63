# What the terminal shows: one line for each thing done, on stderr, so that `lab env` can be evaluated.

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "lab: $*"
  exit 1
}

# step WHAT CMD...: runs CMD with its output in a log and prints "WHAT … seconds".
# CMD runs in a subshell that stops at the first error, so it can change nothing but the world.
step() {
  local what=$1 started=$SECONDS status log ticker=
  shift
  log=$logs/$(tr -cs 'a-zA-Z0-9.\n' - <<<"$what").log
  if [[ -t 2 ]]; then
    tick "$what" "$started" &
    ticker=$!
  else
    printf '%s … ' "$what" >&2
  fi
  set +e # an error is handled below; "if" would switch -e off inside CMD too
  (set -e; "$@") >"$log" 2>&1 </dev/null
  status=$?
  set -e
  if [[ $ticker ]]; then
    kill "$ticker"
    wait "$ticker" || true
    printf '\r\033[K%s … ' "$what" >&2
  fi
  if [[ $status != 0 ]]; then
    say "failed after $((SECONDS - started)) s:"
    show_end_of "$log"
    exit 1
  fi
  say "$((SECONDS - started)) s"
}

tick() {
  while kill -0 $$; do
    printf '\r\033[K%s … %d s' "$1" $((SECONDS - $2)) >&2
    sleep 1
  done
}

show_end_of() {
  tail -n 15 "$1" | sed 's/^/  | /' >&2
  say "the whole log: $1"
}

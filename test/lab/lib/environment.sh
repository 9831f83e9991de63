# What `lab env` prints: each part that comes up leaves its lines in one file.

# export_env PART NAME=VALUE...
export_env() {
  local part=$1 pair
  shift
  for pair; do
    printf 'export %s=%q\n' "${pair%%=*}" "${pair#*=}"
  done >"$lab/env/$part"
}

print_env() {
  [[ -d $lab/env ]] || fail "the lab is not up: lab up"
  cat "$lab"/env/*
  # shellcheck disable=SC2016 # the caller's PATH, when it evaluates this
  printf 'export PATH=%q:$PATH\n' "$bin"
}

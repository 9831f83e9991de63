# Daemons: started once, recognised later, stopped only when they are ours.

# daemon NAME CONFIG CMD...: has CMD running; starts it again when the command or the file CONFIG changed.
daemon() {
  local name=$1 config=$2 key
  shift 2
  # A binary's folder in the cache says what is in it.
  key=$(key_of "$config" "$*" "binary: $(readlink -f "$(command -v "$1")")")
  if alive "$name" && [[ $(<"$lab/$name.key") == "$key" ]]; then
    return
  fi
  stop "$name"
  # Its own session, so that Ctrl-C here does not reach it; without our locks, so that they end with us.
  setsid "$@" </dev/null >>"$logs/$name.log" 2>&1 8>&- 9>&- &
  echo "$! $(birth_of $!)" >"$lab/$name.pid"
  echo "$key" >"$lab/$name.key"
}

# ready NAME CMD...: waits until CMD succeeds, as long as the daemon lives.
ready() {
  local name=$1 deadline=$((SECONDS + 60))
  shift
  until "$@" >/dev/null 2>&1; do
    if ! alive "$name" || ((SECONDS > deadline)); then
      say "$name did not start:"
      show_end_of "$logs/$name.log"
      exit 1
    fi
    sleep 0.1
  done
}

stop() {
  local name=$1 pid _ deadline=$((SECONDS + 30))
  if alive "$name"; then
    read -r pid _ <"$lab/$name.pid"
    kill "$pid"
    while alive "$name"; do
      ((SECONDS <= deadline)) || kill -KILL "$pid"
      sleep 0.1
    done
    say "stopped $name"
  fi
  rm -f "$lab/$name.pid" "$lab/$name.key"
}

# A pid alone may be someone else's by now: its start time must be the one that was noted.
alive() {
  local pid birth
  [[ -f $lab/$1.pid ]] && read -r pid birth <"$lab/$1.pid" && [[ $(birth_of "$pid") == "$birth" ]]
}

# birth_of PID: the process's start time, field 22 of stat; the name before it may hold blanks.
birth_of() {
  local stat
  { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 0
  awk '$1 != "Z" {print $20}' <<<"${stat##*) }"
}

describe() {
  local pid _
  if alive "$1"; then
    read -r pid _ <"$lab/$1.pid"
    echo "up, pid $pid"
  else
    echo "down"
  fi
}

require_root() { [[ $EUID == 0 ]] || fail "the part $1 needs root"; }

# port_of NAME: a free TCP port, chosen once and remembered; below the range the kernel hands out.
port_of() {
  local file=$lab/$1.port port
  port=$([[ -f $file ]] && cat "$file" || echo $((20000 + 0x$id % 10000)))
  if ! alive "$1"; then
    while port_taken "$port"; do port=$((port + 1)); done
    echo "$port" >"$file"
  fi
  echo "$port"
}

port_taken() { (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

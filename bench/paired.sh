#!/usr/bin/env bash
# paired.sh OLD NEW [ROUNDS]: seconds of builds of examples/orders with two frontend images that
# take turns, each on an empty buildkitd: cold, nothing changed, an edit, a bump. Prints one line
# a build, then the ratios NEW/OLD of the rounds: min, median, max. Needs the lab (make lab).
set -euo pipefail
repo=$(cd "$(dirname "$0")/.." && pwd)
old=$1 new=$2 rounds=${3:-3}
work=$(mktemp -d "${QUATRAIN_LAB:?run: eval \"\$(test/lab/lab env)\"}/paired-XXXXXX")
daemons=()
trap 'kill "${daemons[@]}" 2>/dev/null || true; wait; rm -rf "$work"' EXIT

start() { # SIDE
  mkdir -p "$work/$1"
  buildkitd --config "$QUATRAIN_LAB/buildkitd.toml" --root "$work/$1/root" --addr "unix://$work/$1/sock" >"$work/$1/log" 2>&1 &
  daemons+=($!)
  until buildctl --addr "unix://$work/$1/sock" debug workers >/dev/null 2>&1; do sleep 0.2; done
}

stop() {
  kill "${daemons[@]}"
  wait "${daemons[@]}" || true
  daemons=()
  rm -rf "$work"/{old,new}/root
}

secret=()
[[ ! -e ${QUATRAIN_CA:-} ]] || secret=(--secret "id=ca,src=$QUATRAIN_CA")

build() { # SIDE REFERENCE CASE ROUND
  local begin end
  begin=$(date +%s%N)
  buildctl --addr "unix://$work/$1/sock" build --frontend gateway.v0 --opt "source=$2" "${secret[@]}" \
    --local context="$work/project" --local dockerfile="$work/project" \
    --output "type=image,name=$QUATRAIN_REGISTRY/paired/$1:$3,push=true" >"$work/out" 2>&1 || { tail -20 "$work/out" >&2; return 1; }
  end=$(date +%s%N)
  echo "$3 $4 $1 $(((end - begin) / 1000000))" | tee -a "$work/times"
}

both() { # CASE ROUND: in turn, the other first in every second round
  if (($2 % 2)); then
    build old "$old" "$@"
    build new "$new" "$@"
  else
    build new "$new" "$@"
    build old "$old" "$@"
  fi
}

for ((round = 1; round <= rounds; round++)); do
  rm -rf "$work/project"
  cp -r "$repo/examples/orders" "$work/project"
  start old
  start new
  both cold "$round"
  both nothing "$round"
  echo "# $round" >>"$work/project/orders/__init__.py"
  both edit "$round"
  sed -i "s/^version = .*/version = \"9.9.$round\"/" "$work/project/pyproject.toml"
  both version "$round"
  stop
done

for case in cold nothing edit version; do
  awk -v case="$case" '$1 == case { t[$2, $3] = $4; n = $2 > n ? $2 : n }
    END { for (i = 1; i <= n; i++) print t[i, "new"] / t[i, "old"] }' "$work/times" | sort -n |
    awk -v case="$case" '{ r[NR] = $1 } END { printf "%-8s new/old min %.2f median %.2f max %.2f (%d rounds)\n", case, r[1], r[int((NR + 1) / 2)], r[NR], NR }'
done

#!/usr/bin/env bash
# Seconds for some ways to spread packages over layers, with examples/orders on a buildkitd
# and registries of its own: a cold build and push, one dependency bumped, and a pull by an
# empty daemon. Run it in the lab: eval "$(test/lab/lab env)"; bench/buckets/timed.sh [ROUNDS]
#
# Files and base image are on the daemon before: the network is not measured. That every
# step runs again all the same is because each run has a helper of other bytes, which are
# in all keys; its registry is empty, so that all is pushed.
set -euo pipefail
rounds=${1:-3}
here=$(cd "$(dirname "$0")" && pwd) repo=$(cd "$(dirname "$0")/../.." && pwd)
: "${QUATRAIN_LAB:?run this in the lab}"
work=$(mktemp -d "$QUATRAIN_LAB/buckets-XXXXXX") # where overlayfs works
pids=()
stop_all() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait
  rm -rf "$work"
}
trap stop_all EXIT

# Name, how many are alone, and the classes, as in internal/plan/buckets.go.
policies=(
  'as it is|||'
  'before: over 8 MB, 1 MB: 4, 3, 3|0|{"big", 8 << 20, 4}, {"medium", 1 << 20, 3}, {"small", -1, 3},'
  'hash over 9|0|{"small", -1, 9},'
  'one layer|0|{"small", -1, 1},'
  'a layer each|0|{"small", -1, 1 << 16},'
)

# frontend compiles one with a policy, whose bytes are not in any key.
frontend() { # number alone classes
  local dir=$work/frontend$1
  mkdir -p "$dir"
  awk -v alone="$2" -v classes="$3" '
    classes != "" && /^var classes/ { print "var classes = []class{" classes "}"; skip = 1 }
    skip { if (/^}/) skip = 0; next }
    alone != "" && /^const alone/ { print "const alone = " alone; next }
    { print }' "$repo/internal/plan/buckets.go" >"$dir/buckets.go"
  echo "{\"Replace\": {\"$repo/internal/plan/buckets.go\": \"$dir/buckets.go\"}}" >"$dir/overlay.json"
  (cd "$repo" && CGO_ENABLED=0 go build -overlay "$dir/overlay.json" -ldflags '-s -w' -o "$dir/" ./cmd/quatrain)
}

# push_frontend makes an image of a frontend and of a helper that nobody has seen.
push_frontend() { # number salt reference
  local root=$work/image
  rm -rf "$root"
  mkdir -p "$root/bin" "$root/etc/ssl/certs"
  cp "$work/frontend$1/quatrain" "$work/quatrain-helper" "$root/bin/"
  echo "$2" >>"$root/bin/quatrain-helper"
  cp "$QUATRAIN_LAB/frontend/etc/ssl/certs/ca-certificates.crt" "$root/etc/ssl/certs/"
  tar -C "$root" -cf "$work/image.tar" bin etc
  crane append -f "$work/image.tar" -t "$3" 2>/dev/null >/dev/null
  crane mutate "$3" -t "$3" --set-platform linux/amd64 --entrypoint /bin/quatrain \
    --label moby.buildkit.frontend.network.none=true \
    --label moby.buildkit.frontend.caps=moby.buildkit.frontend.inputs,moby.buildkit.frontend.subrequests,moby.buildkit.frontend.contexts 2>/dev/null >/dev/null
}

until_ready() { for _ in {1..300}; do "$@" >/dev/null 2>&1 && return; sleep 0.2; done; echo "not ready: $*" >&2; return 1; }

# daemon and store start one; their names are the folders and ports.
daemon() { # name
  buildkitd --config "$QUATRAIN_LAB/buildkitd.toml" --root "$work/$1" --addr "unix://$work/$1.s" 2>"$work/$1.log" &
  pids+=($!)
  until_ready buildctl --addr "unix://$work/$1.s" debug workers
}
store() { # port
  printf 'version: 0.1\nlog: {level: warn}\nstorage:\n  filesystem: {rootdirectory: %s}\nhttp:\n  addr: 127.0.0.1:%s\n  secret: bench\n' "$work/r$1" "$1" >"$work/r$1.yml"
  docker-registry serve "$work/r$1.yml" >/dev/null 2>&1 &
  pids+=($!)
  until_ready curl -fs "http://127.0.0.1:$1/v2/"
}

build() { # project frontend [image]
  buildctl --addr "unix://$work/builder.s" build --progress plain --frontend gateway.v0 --opt "source=$2" \
    ${QUATRAIN_CA:+--secret "id=ca,src=$QUATRAIN_CA"} \
    --local context="$1" --local dockerfile="$1" --output "type=image,name=${3:-none}${3:+,push=true}" >"$work/build.log" 2>&1 ||
    { tail -20 "$work/build.log" >&2; return 1; }
}

seconds() { # command…: prints how long it takes
  local from=$EPOCHREALTIME
  "$@"
  awk -v a="$from" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }'
}

# pull makes an empty daemon unpack an image: a copy onto it needs all its layers.
pull() { # image daemon
  printf 'FROM %s\nCOPY Dockerfile /\n' "$1" >"$work/pull/Dockerfile"
  buildctl --addr "unix://$work/$2.s" build --frontend dockerfile.v0 --local context="$work/pull" --local dockerfile="$work/pull" >"$work/pull.log" 2>&1 ||
    { tail -20 "$work/pull.log" >&2; return 1; }
}

bytes() { du -sb "$work/r$1" | cut -f1; }

cp -r "$repo/examples/orders" "$work/orders"
cp -r "$repo/examples/orders" "$work/bumped"
mkdir "$work/pull"
(cd "$repo" && go run "$here/bump" "$work/bumped")
(cd "$repo" && CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-s -w -buildid=' -o "$work/quatrain-helper" ./cmd/quatrain-helper)
for i in "${!policies[@]}"; do
  IFS='|' read -r _ alone classes _ <<<"${policies[i]}"
  frontend "$i" "$alone" "$classes"
done

port=$((20000 + $$ % 20000))
daemon builder
store "$port"
push_frontend 0 first "127.0.0.1:$port/frontend:first"
build "$work/orders" "127.0.0.1:$port/frontend:first" # base and wheels are there from now on
build "$work/bumped" "127.0.0.1:$port/frontend:first"

echo "$(nproc) cores; load before: $(cut -d' ' -f1-3 /proc/loadavg)"
echo "round,policy,layers,MB,cold s,bump s,bump MB,pull s"
for ((round = 1; round <= rounds; round++)); do
  for i in "${!policies[@]}"; do
    port=$((port + 1))
    store "$port"
    frontend=127.0.0.1:$port/frontend:$i image=127.0.0.1:$port/orders
    push_frontend "$i" "$round $i" "$frontend"
    before=$(bytes "$port")
    cold=$(seconds build "$work/orders" "$frontend" "$image:cold")
    after=$(bytes "$port")
    bump=$(seconds build "$work/bumped" "$frontend" "$image:bump")
    bumped=$(bytes "$port")
    daemon "puller$port"
    pulled=$(seconds pull "$image:cold" "puller$port")
    layers=$(crane manifest "$image:cold" | grep -c 'vnd.*layer')
    echo "$round,\"${policies[i]%%|*}\",$layers,$(((after - before) / 1000000)),$cold,$bump,$(awk -v n=$((bumped - after)) 'BEGIN { printf "%.1f", n / 1e6 }'),$pulled"
    kill "${pids[-1]}"
    wait "${pids[-1]}" 2>/dev/null || true
    unset 'pids[-1]'
    rm -rf "$work/puller$port" "$work/r$port"
  done
done
echo "load after: $(cut -d' ' -f1-3 /proc/loadavg)"

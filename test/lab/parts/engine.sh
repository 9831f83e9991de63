# Docker Engine, twice: with the containerd store (what is new) and with the classic one (no MergeOp).

engine_up() {
  engine engine "$sockets/docker.sock" 0 '"features": {"containerd-snapshotter": true}'
  export_env engine "DOCKER_HOST=unix://$sockets/docker.sock"
}

engine_classic_up() {
  engine engine-classic "$sockets/docker-classic.sock" 128 \
    '"features": {"containerd-snapshotter": false}, "storage-driver": "overlay2"'
  export_env engine-classic "QUATRAIN_DOCKER_HOST_CLASSIC=unix://$sockets/docker-classic.sock"
}

engine_down() { stop_engine engine; }
engine_classic_down() { stop_engine engine-classic; }

# engine NAME SOCKET HALF STORE: HALF is where its half of the clone's network begins.
engine() {
  local name=$1 socket=$2 half=$3 store=$4 config=$lab/$1.json bridge
  require_root "$name"
  tool moby runc buildx compose
  link_plugins
  unpack_package containerd usr/bin/containerd usr/bin/containerd-shim-runc-v2
  need registry
  check_overlayfs
  network_up
  bridge=qt$id-$half
  bridge "$bridge" "$net.$half.1/24"
  mkdir -p "$sockets"
  cat >"$config" <<EOF
{
  "hosts": ["unix://$socket"],
  "data-root": "$lab/$name",
  "exec-root": "$sockets/$name",
  "pidfile": "$sockets/$name.pid",
  "bridge": "$bridge",
  "iptables": false,
  "ip6tables": false,
  "default-address-pools": [{"base": "$net.$((half + 64)).0/18", "size": 24}],
  "userland-proxy-path": "$bin/docker-proxy",
  "registry-mirrors": ["http://$registry"],
  "insecure-registries": ["$registry"],
  "builder": {"gc": {"enabled": false}},
  $store
}
EOF
  daemon "$name" "$config" dockerd --config-file "$config"
  ready "$name" docker --host "unix://$socket" version
}

# Its containerd is its child and ends with it, unless it was killed.
stop_engine() {
  local name=$1 pidfile=$sockets/$1/containerd/containerd.pid pid
  stop "$name"
  [[ -f $pidfile ]] || return 0
  pid=$(<"$pidfile")
  if grep -qs "$sockets" "/proc/$pid/cmdline"; then kill "$pid"; fi
}

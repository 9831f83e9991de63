# Docker Engines that Debian has: 13's, whose BuildKit is of 2024, and 12's, which is below the floor. Their
# packages are unpacked, with all that they need, into a folder that is the daemon's root.

engine_debian13_up() { engine_of_debian 13 trixie 32; }
engine_debian12_up() { engine_of_debian 12 bookworm 48; }
engine_debian13_down() { stop_engine engine-debian13; }
engine_debian12_down() { stop_engine engine-debian12; }

# engine_of_debian RELEASE SUITE PART: PART is where its part of the clone's network begins.
engine_of_debian() {
  local name=engine-debian$1 suite=$2 socket=$sockets/docker-debian$1.sock config=$lab/engine-debian$1.json root bridge
  root=$cache/engines/$suite-$(key_of "$(declare -f unpack_engine)" "$arch")
  require_root "$name"
  tool compose # the docker command
  [[ -e $root/.complete ]] || install_packages mmdebstrap debian-archive-keyring
  cached "$root" "unpacking docker.io of $suite" unpack_engine "$suite"
  need registry
  check_overlayfs
  network_up
  bridge=qt$id-$3
  bridge "$bridge" "$net.$3.1/24"
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
  "userland-proxy": false,
  "registry-mirrors": ["http://$registry"],
  "insecure-registries": ["$registry"],
  "storage-driver": "overlay2",
  "builder": {"gc": {"enabled": false}}
}
EOF
  daemon "$name" "$config" unshare --mount "$lab_dir/in-root.sh" "$root" "$lab" dockerd --config-file "$config"
  ready "$name" docker --host "unix://$socket" version
  export_env "$name" "QUATRAIN_DOCKER_HOST_DEBIAN$1=unix://$socket"
}

unpack_engine() {
  local suite=$1 folder=$2
  mmdebstrap --variant=extract --skip=output/dev --aptopt='APT::Install-Recommends "false"' \
    --include='?essential' --include=docker.io,iproute2,git,openssh-client "$suite" "$folder" "deb $(mirror_named debian) $suite main"
  # ssh, which git calls, asks who runs it; nothing is configured that would have said.
  echo 'root:x:0:0:root:/root:/bin/sh' >"$folder/etc/passwd"
}

# buildkitd: bare, in the host's network, with nothing collected behind a test's back.

buildkitd_up() {
  local config=$lab/buildkitd.toml
  require_root buildkitd
  tool buildkit runc
  need registry
  buildkit_host=unix://$sockets/buildkitd.sock
  check_overlayfs
  mkdir -p "$sockets"
  cat >"$config" <<EOF
root = "$lab/buildkit"
[grpc]
  address = ["$buildkit_host"]
[worker.oci]
  networkMode = "host"
  gc = false
[worker.containerd]
  enabled = false
[registry."docker.io"]
  mirrors = ["$registry"]
[registry."$registry"]
  http = true
EOF
  daemon buildkitd "$config" buildkitd --config "$config"
  ready buildkitd buildctl --addr "$buildkit_host" debug workers
  export_env buildkitd "BUILDKIT_HOST=$buildkit_host"
}

buildkitd_down() { stop buildkitd; }

# Without overlayfs the daemons fall back to copying every layer: slow, and not what users have.
check_overlayfs() {
  local try=$lab/overlay-try
  [[ ! -e $lab/overlayfs-works ]] || return 0
  mkdir -p "$try"/{lower,upper,work,merged}
  mount -t overlay overlay -o "lowerdir=$try/lower,upperdir=$try/upper,workdir=$try/work" "$try/merged" 2>/dev/null ||
    fail "the file system of $lab cannot hold overlayfs layers; set QUATRAIN_LAB_DIR to a folder on ext4 or xfs"
  umount "$try/merged"
  rm -rf "$try"
  touch "$lab/overlayfs-works"
}

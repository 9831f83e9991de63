# What the benches compare with has images of its own, which live where the lab's machine may not reach: the
# Dockerfile frontend, compiled from BuildKit's module, and uv's, made of its wheels on PyPI.

uv_version=0.13.9

peers_up() {
  local dockerfile uv
  tool buildkit crane
  install_packages ca-certificates python3 python3-venv
  need registry buildkitd
  dockerfile=$cache/peers/dockerfile-$(tool_version buildkit)-$arch
  cached "$dockerfile" "compiling the Dockerfile frontend" compile_dockerfile_frontend
  uv=$cache/peers/uv-$uv_version
  cached "$uv" "fetching uv $uv_version" fetch_uv
  push_peer docker/dockerfile:1 "$dockerfile" "linux/$arch"
  push_peer "astral-sh/uv:$uv_version" "$uv" linux/amd64,linux/arm64
}

# As BuildKit's own Dockerfile of it does.
compile_dockerfile_frontend() {
  (cd "$repo/test/tools/buildkit" && CGO_ENABLED=0 go build -o "$1/dockerfile-frontend" -trimpath -ldflags '-s -w' \
    -tags 'netgo static_build osusergo' github.com/moby/buildkit/frontend/dockerfile/cmd/dockerfile-frontend)
  cat >"$1/Dockerfile" <<'EOF'
FROM scratch
LABEL moby.buildkit.frontend.network.none="true"
LABEL moby.buildkit.frontend.caps="moby.buildkit.frontend.inputs,moby.buildkit.frontend.subrequests,moby.buildkit.frontend.contexts,moby.buildkit.frontend.gitquerystring,moby.buildkit.frontend.contexts.zstd"
COPY dockerfile-frontend /bin/
ENTRYPOINT ["/bin/dockerfile-frontend"]
EOF
}

fetch_uv() {
  local platform
  /usr/bin/python3 -m venv "$1/venv"
  for platform in amd64:manylinux_2_17_x86_64 arm64:manylinux_2_28_aarch64; do
    "$1/venv/bin/pip" download --quiet --no-deps --only-binary :all: --platform "${platform#*:}" --dest "$1/wheel" "uv==$uv_version"
    mkdir "$1/${platform%%:*}"
    /usr/bin/python3 -m zipfile -e "$1"/wheel/*.whl "$1/wheel/files"
    install -m 0755 "$1/wheel/files/uv-$uv_version.data/scripts"/uv* "$1/${platform%%:*}/"
    rm -r "$1/wheel"
  done
  rm -r "$1/venv"
  cat >"$1/Dockerfile" <<'EOF'
FROM scratch
ARG TARGETARCH
COPY $TARGETARCH/ /
ENTRYPOINT ["/uv"]
EOF
}

# push_peer REFERENCE FOLDER PLATFORMS: only where the registry has it not.
push_peer() {
  local mark
  mark=$lab/peer-$(key_of "$1" "$2" "$3")
  if [[ ! -e $mark ]] || ! crane digest "$registry/$1" >/dev/null 2>&1; then
    step "pushing ${1#*/}" buildctl --addr "$buildkit_host" build --frontend dockerfile.v0 \
      --local context="$2" --local dockerfile="$2" --opt platform="$3" --output "type=image,\"name=$registry/$1\",push=true"
    touch "$mark"
  fi
}

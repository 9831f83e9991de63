# Tools: built from the Go modules pinned under test/tools, one module each, and kept in the cache.

tools_up() { tool buildkit buildx compose; }

# tool NAME...: has the binaries of test/tools/NAME in the bin folder.
tool() {
  local name folder file
  need go
  for name; do
    folder=$cache/tools/$name-$(key_of "$repo/test/tools/$name/go.mod" "$repo/test/tools/$name/go.sum" \
      "$(declare -f "build_$name" go_build)" "$(cd "$repo/test/tools/$name" && go env GOVERSION)" "$arch")
    # The only one with C in it.
    [[ $name != runc || -e $folder/.complete ]] || install_packages gcc libc6-dev libseccomp-dev pkg-config
    cached "$folder" "building $name $(tool_version "$name")" build_tool "$name"
    for file in "$folder"/*; do link "$file"; done
  done
}

# The module that gives a tool its version.
declare -A tool_module=(
  [buildkit]=github.com/moby/buildkit
  [buildx]=github.com/docker/buildx
  [compose]=github.com/docker/compose/v5
  [crane]=github.com/google/go-containerregistry
  [lint]=honnef.co/go/tools
  [moby]=github.com/moby/moby/v2
  [oldest]=github.com/moby/buildkit
  [runc]=github.com/opencontainers/runc
  [scalibr]=github.com/google/osv-scalibr
)

tool_version() { version_in "$1" "${tool_module[$1]}"; }

version_in() { awk -v module="$2" '$1 == module {print $2}' "$repo/test/tools/$1/go.mod"; }

build_tool() {
  cd "$repo/test/tools/$1"
  "build_$1" "$2"
}

# Without a version in it, compose and bake refuse buildx, and docker does not list a plugin.
build_buildkit() { CGO_ENABLED=0 go_build "$1/" "-X github.com/moby/buildkit/version.Version=$(tool_version buildkit)" tool; }
build_buildx() { CGO_ENABLED=0 go_build "$1/docker-buildx" "-X github.com/docker/buildx/version.Version=$(tool_version buildx)" tool; }
build_crane() { CGO_ENABLED=0 go_build "$1/" "" tool; }
build_lint() { CGO_ENABLED=0 go_build "$1/" "" tool; }
build_scalibr() { CGO_ENABLED=0 go_build "$1/" "" tool; }
build_moby() {
  local version
  version=29.0.0+moby.$(tool_version moby) # what becomes Engine 29; clients compare it with their own numbers
  CGO_ENABLED=0 go_build "$1/" "-X github.com/moby/moby/v2/dockerversion.Version=$version" -tags exclude_graphdriver_btrfs tool
}
build_oldest() {
  CGO_ENABLED=0 go_build "$1/buildkitd-oldest" "-X github.com/moby/buildkit/version.Version=$(tool_version oldest)" \
    github.com/moby/buildkit/cmd/buildkitd
}
build_runc() { CGO_ENABLED=1 go_build "$1/" "-X main.version=$(tool_version runc)" -tags seccomp tool; }

# The docker command is built here too: compose is made against one version of it.
build_compose() {
  local docker
  docker=$(version_in compose github.com/docker/cli)
  CGO_ENABLED=0 go_build "$1/docker-compose" "-X github.com/docker/compose/v5/internal.Version=$(tool_version compose)" \
    github.com/docker/compose/v5/cmd
  # docker/cli has no go.mod, for which Go would assume the language of 1.16.
  CGO_ENABLED=0 go_build "$1/docker" "-X github.com/docker/cli/cli/version.Version=$(sed "s/^v//; s/+.*//" <<<"$docker")" \
    -gcflags 'github.com/docker/cli/...=-lang=go1.26' github.com/docker/cli/cmd/docker
}

# go_build OUT LDFLAGS ARGUMENT...
go_build() { go build -o "$1" -trimpath -buildvcs=false -ldflags "-s -w $2" "${@:3}"; }

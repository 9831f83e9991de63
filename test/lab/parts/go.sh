# Go: the machine's when it is new enough (or can fetch what go.mod asks for), else a pinned toolchain.

go_minimum=1.26
go_version=1.26.8
# The zips of golang.org/toolchain on the module proxy; their h1 hashes agree with the sum database.
declare -A go_sha256=(
  [amd64]=30c2b1bf7dcc88d3eb0a1364e47ddd9128edb3110a30e8a0ef61cd5856b31de7
  [arm64]=02b36b6787b3ac767668f630e2998df45a3b1f9ffee08d1bf3ef6487cd658d99
)

go_up() {
  go_new_enough || fetch_go
  # The caller's flags must not reach what we build.
  export GOFLAGS='' GOWORK=off
}

go_new_enough() {
  local version
  version=$(cd "$repo" && go env GOVERSION 2>/dev/null) || return 1
  printf '%s\n' "$go_minimum" "${version#go}" | sort -V -C
}

fetch_go() {
  local folder=$cache/go/$go_version-$arch
  install_packages ca-certificates curl unzip
  cached "$folder" "fetching Go $go_version" download_go
  link "$folder/go/bin/go"
  link "$folder/go/bin/gofmt"
  go_new_enough || fail "$bin/go is not $go_minimum or newer"
}

download_go() {
  local folder=$1 version=v0.0.1-go$go_version.linux-$arch proxy=${GOPROXY:-https://proxy.golang.org}
  cd "$folder"
  curl -fsSL --retry 3 -o go.zip "${proxy%%[,|]*}/golang.org/toolchain/@v/$version.zip"
  echo "${go_sha256[$arch]}  go.zip" | sha256sum -c
  unzip -q go.zip
  rm go.zip
  mv "golang.org/toolchain@$version" go
  rmdir golang.org
  chmod +x go/bin/* go/pkg/tool/*/* # a module's zip keeps no modes
}

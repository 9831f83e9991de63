# golang:1.26-bookworm, in which a release of the frontend is compiled: Debian's root with the Go that the lab compiles with.

golang_up() {
  local root mark image
  tool crane
  need registry buildkitd bases
  image=$registry/library/golang:1.26-bookworm
  root=$(cd "$repo" && go env GOROOT)
  mark=$lab/golang-$(key_of "$root/VERSION" "$(declare -f push_golang)" "$(crane digest "$registry/library/debian:bookworm")")
  if [[ ! -e $mark ]] || ! crane digest "$image" >/dev/null 2>&1; then
    step "pushing golang:1.26-bookworm" push_golang "$root" "$image"
    touch "$mark"
  fi
}

push_golang() {
  local folder
  folder=$(mktemp -d "$lab/golang-XXXXXX")
  # shellcheck disable=SC2064 # the name as it is now
  trap "rm -rf '$folder'" EXIT
  cat >"$folder/Dockerfile" <<'DOCKERFILE'
FROM debian:bookworm
ENV GOPATH=/go GOTOOLCHAIN=local PATH=/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
COPY bin/ /usr/local/go/bin/
COPY lib/ /usr/local/go/lib/
COPY pkg/ /usr/local/go/pkg/
COPY src/ /usr/local/go/src/
COPY VERSION go.env /usr/local/go/
WORKDIR /go
DOCKERFILE
  buildctl --addr "$buildkit_host" build --frontend dockerfile.v0 --local dockerfile="$folder" --local context="$1" \
    --output "type=image,name=$2,push=true"
}

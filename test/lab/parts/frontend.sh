# The frontend image, as users pull it: both binaries, built here and pushed to the lab's registry.

frontend_up() {
  local context=$lab/frontend key
  tool crane
  need buildkitd registry
  [[ -e $cache/certificates/.complete ]] || update_package_lists
  cached "$cache/certificates" "fetching Debian's certificates" plain_certificates
  step "compiling the frontend" compile_frontend "$context"
  frontend=$registry/quatrain/poetry:1
  key=$(key_of "$context/bin/$arch"/* "$cache/certificates/ca-certificates.crt" "$repo/Dockerfile.frontend")
  if [[ ! -f $lab/frontend.key || $(<"$lab/frontend.key") != "$key" ]] || ! crane digest "$frontend" >/dev/null 2>&1; then
    step "pushing the frontend image" push_frontend "$context"
    echo "$key" >"$lab/frontend.key"
  fi
  export_env frontend "QUATRAIN_FRONTEND=$frontend"
}

# Static, and the same bytes wherever they are built: the helper's bytes are in cache keys.
compile_frontend() {
  local context=$1 name
  rm -rf "${context:?}/bin"
  install -d -m 0755 "$context"/{bin,bin/"$arch",etc,etc/ssl,etc/ssl/certs}
  install -m 0644 "$cache/certificates/ca-certificates.crt" "$context/etc/ssl/certs/"
  cd "$repo"
  for name in quatrain quatrain-helper; do
    CGO_ENABLED=0 go build -o "$context/bin/$arch/" -trimpath -buildvcs=false -ldflags '-s -w -buildid=' "./cmd/$name"
  done
}

# The compiling stage is replaced by what was compiled here.
push_frontend() {
  buildctl --addr "$buildkit_host" build --frontend dockerfile.v0 \
    --opt filename=Dockerfile.frontend --local dockerfile="$repo" --local context="$1" \
    --local build="$1" --opt context:build=local:build \
    --opt build-arg:SOURCE_DATE_EPOCH=0 \
    --output "type=image,\"name=$frontend,${frontend%:*}:latest\",push=true,rewrite-timestamp=true"
}

# The parts that a machine's own Docker gives: read after parts/, under the same names.

registry_up() {
  local container=quatrain-registry-$id port
  tool crane
  if host_docker start "$container" >/dev/null 2>&1; then
    port=$(<"$lab/registry.port")
  else
    port=$(port_of registry)
    step "starting the registry" host_docker run --detach --name "$container" --publish "127.0.0.1:$port:5000" registry:2
  fi
  registry=127.0.0.1:$port
  export_env registry "QUATRAIN_REGISTRY=$registry"
}

buildkitd_up() {
  local config=$lab/buildkitd.toml
  tool buildkit buildx
  need registry
  link_plugins
  printf '[registry."%s"]\n  http = true\n' "$registry" >"$config"
  DOCKER_HOST=$host_docker_host docker-buildx inspect "quatrain-$id" >/dev/null 2>&1 ||
    DOCKER_HOST=$host_docker_host step "creating a BuildKit container" docker-buildx create \
      --name "quatrain-$id" --driver docker-container --driver-opt network=host \
      --buildkitd-config "$config" --bootstrap
  buildkit_host=docker-container://buildx_buildkit_quatrain-${id}0
  export DOCKER_HOST=$host_docker_host # buildctl reaches the container through it
  export_env buildkitd "BUILDKIT_HOST=$buildkit_host"
}

builder_up() {
  need buildkitd
  export_env builder "QUATRAIN_BUILDER=quatrain-$id" "QUATRAIN_BUILDX=$bin/docker-buildx"
}

# Docker Hub has them.
bases_up() { :; }
golang_up() { :; }

engine_up() {
  tool buildx compose
  link_plugins
  export_env engine "DOCKER_HOST=$host_docker_host"
}

engine_classic_up() { say "no engine with the classic store beside this machine's Docker"; }

registry_down() { host_docker rm --force "quatrain-registry-$id" >/dev/null 2>&1 || true; }
buildkitd_down() { DOCKER_HOST=$host_docker_host docker-buildx rm "quatrain-$id" >/dev/null 2>&1 || true; }
engine_down() { :; }
engine_classic_down() { :; }
network_down() { :; }

# The builder: buildx's name for the bare buildkitd. It is not made the current one.

builder_up() {
  tool buildx
  need buildkitd
  link_plugins
  [[ $(builder_endpoint) == "$buildkit_host" ]] || create_builder
  export_env builder QUATRAIN_BUILDER=quatrain "QUATRAIN_BUILDX=$bin/docker-buildx"
}

create_builder() {
  docker-buildx rm quatrain >/dev/null 2>&1 || true
  step "naming the buildx builder" docker-buildx create --name quatrain --driver remote "$buildkit_host"
}

builder_endpoint() {
  docker-buildx ls --format '{{.Name}} {{.DriverEndpoint}}' 2>/dev/null | awk '$1 == "quatrain" {getline; print $NF}'
}

# docker finds its plugins in the config folder.
link_plugins() {
  local plugin
  for plugin in docker-buildx docker-compose; do
    [[ ! -e $bin/$plugin ]] || ln -sfn "$(readlink -f "$bin/$plugin")" "$docker_config/cli-plugins/$plugin"
  done
}

# On a machine with a working Docker that reaches Docker Hub, the parts are made of that.
# QUATRAIN_USE_DOCKER=1 or 0 decides it; unset, it is found out once and remembered.

use_host_docker_where_possible() {
  local decided=$lab/use-docker
  if [[ ${QUATRAIN_USE_DOCKER-} ]]; then
    echo "$QUATRAIN_USE_DOCKER" >"$decided"
  elif [[ ! -f $decided ]]; then
    if host_docker_works; then echo 1; else echo 0; fi >"$decided"
  fi
  [[ $(<"$decided") == 1 ]] || return 0
  say "using this machine's Docker (QUATRAIN_USE_DOCKER=0: the lab's own)"
  # shellcheck disable=SC2034 # for the parts
  host_docker_host=$(host_docker context inspect --format '{{.Endpoints.docker.Host}}')
  # shellcheck source=parts-on-docker.sh
  . "$lab_dir/parts-on-docker.sh"
}

host_docker_works() {
  command -v docker >/dev/null &&
    host_docker info >/dev/null 2>&1 &&
    host_docker manifest inspect python:3.13-slim >/dev/null 2>&1
}

host_docker() { DOCKER_CONFIG=$callers_docker_config timeout 60 docker "$@"; }

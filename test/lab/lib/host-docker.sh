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
  host_docker_host=$(host_docker context inspect --format '{{.Endpoints.docker.Host}}')
  # shellcheck source=test/lab/parts-on-docker.sh
  . "$lab_dir/parts-on-docker.sh"
}

# The caller's docker with the caller's configuration; never an engine of a lab.
host_docker() {
  local host=${DOCKER_HOST-}
  [[ $host != unix:///run/quatrain-* ]] || host=
  env -u DOCKER_CONFIG ${host:+DOCKER_HOST="$host"} docker "$@"
}

host_docker_works() {
  command -v docker >/dev/null &&
    timeout 5 env -u DOCKER_CONFIG docker info >/dev/null 2>&1 &&
    timeout 20 env -u DOCKER_CONFIG docker manifest inspect python:3.13-slim >/dev/null 2>&1
}

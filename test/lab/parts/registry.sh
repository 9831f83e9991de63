# The registry: what tests push to, and Docker Hub's mirror for every daemon of the lab.

registry_up() {
  local port config=$lab/registry.yml
  unpack_package docker-registry usr/bin/docker-registry
  port=$(port_of registry)
  cat >"$config" <<EOF
version: 0.1
log: {level: warn}
storage:
  filesystem: {rootdirectory: $lab/registry}
  delete: {enabled: true}
http:
  addr: 127.0.0.1:$port
  secret: lab
EOF
  daemon registry "$config" docker-registry serve "$config"
  ready registry port_taken "$port"
  registry=127.0.0.1:$port
  export_env registry "QUATRAIN_REGISTRY=$registry"
}

registry_down() { stop registry; }

# registry_holds REFERENCE DIGEST
registry_holds() { [[ $(crane digest "$registry/$1" 2>/dev/null) == "$2" ]]; }

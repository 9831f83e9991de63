# Where things are. Two clones share the cache and nothing else.
# shellcheck disable=SC2034 # used by the other files

repo=$(dirname "$(dirname "$lab_dir")")
id=$(printf %s "$repo" | sha256sum | cut -c1-8) # in every name the whole machine sees
lab=${QUATRAIN_LAB_DIR:-$repo/.lab}             # all that runs, and its data
logs=$lab/log
bin=$lab/bin                         # links to the binaries of this clone's versions
sockets=/run/quatrain-$id            # a unix socket's path may not be longer than about 100 bytes
docker_config=$lab/docker-config     # the user's own ~/.docker is never touched
cache=${XDG_CACHE_HOME:-$HOME/.cache}/quatrain

# The caller may have evaluated `lab env` before, of this clone or of another one.
callers_docker_config=${DOCKER_CONFIG-$HOME/.docker}
[[ ${DOCKER_HOST-} != unix:///run/quatrain-* ]] || unset DOCKER_HOST

# sbin is not on every root's PATH.
PATH=$bin:$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH DOCKER_CONFIG="$docker_config"

# The machine's architecture, as Debian and Go both call it.
arch=$(dpkg --print-architecture 2>/dev/null || uname -m)

prepare_run_folder() {
  mkdir -p "$lab/env" "$logs" "$bin" "$docker_config/cli-plugins" "$cache"
  export_env lab "QUATRAIN_LAB=$lab" "DOCKER_CONFIG=$docker_config"
}

# What a new `lab up` makes again. Data and logs stay in the run folder.
remove_run_folder() {
  unmount_below "$sockets"
  unmount_below "$lab"
  rm -rf "$sockets" "$lab/env"
}

# lock serialises the calls of one clone: the second waits, then finds the work done.
lock() {
  exec 9>"$lab/lock"
  flock -n 9 || { say "waiting for another call of this lab"; flock 9; }
}

unmount_below() {
  local mount
  while read -r mount; do
    umount "$mount" 2>/dev/null || umount -l "$mount"
  done < <(awk -v under="$1/" 'index($2, under) == 1 {print $2}' /proc/mounts | sort -r)
}

# link FILE [NAME]: puts a binary into the clone's bin folder.
link() { ln -sfn "$1" "$bin/${2:-${1##*/}}"; }

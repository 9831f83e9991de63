# Base images: what Docker Hub has under these names, made from Debian's own packages: the pythons for
# both platforms.

# Each is "REFERENCE SUITE KIND PYTHON-MINOR". debian:bookworm has the python that apt gives it.
bases=(
  "library/python:3.13-slim trixie python 3.13"
  "library/python:3.11-slim bookworm python 3.11"
  "library/debian:bookworm bookworm debian 3.11"
)

bases_up() { make_bases "${bases[@]}"; }

# The image that Quatrain starts from by default, alone: all that a first look needs.
base_up() { make_bases "${bases[0]}"; }

make_bases() {
  local base
  tool crane
  need registry buildkitd
  for base; do
    # shellcheck disable=SC2086 # its words are the arguments
    base_image $base
  done
}

# The image is kept in the cache as an OCI layout; a fresh clone only pushes it.
base_image() {
  local reference=$1 suite=$2 kind=$3 minor=$4 recipe=$lab_dir/bases folder digest
  folder=$cache/bases/$(key_of "$recipe"/* "$(declare -f make_base)" "$*" "$arch")
  if [[ ! -e $folder/.complete ]]; then
    install_packages mmdebstrap debian-archive-keyring unzip
    cached "$folder" "making ${reference#*/} from $suite" make_base "$suite" "$kind" "$minor"
  fi
  digest=$(<"$folder/digest")
  registry_holds "$reference" "$digest" ||
    step "pushing ${reference#*/}" crane push "$folder/oci" "$registry/$reference"
}

make_base() {
  local suite=$1 kind=$2 minor=$3 folder=$4 work mirrors platform platforms=("$arch")
  [[ $kind != python ]] || platforms+=("$(foreign_arch)")
  work=$(mktemp -d "$lab/base-XXXXXX")
  # shellcheck disable=SC2064 # the name as it is now
  trap "rm -rf '$work'" EXIT
  mirrors=$(debian_mirrors)
  for platform in "${platforms[@]}"; do
    "$lab_dir/bases/rootfs.sh" "$suite" "$kind" "$minor" "$platform" "$work" "$mirrors"
  done
  buildctl --addr "$buildkit_host" build --frontend dockerfile.v0 \
    --local context="$work" --local dockerfile="$lab_dir/bases" \
    --opt target="$kind" --opt platform="$(printf 'linux/%s\n' "${platforms[@]}" | paste -sd,)" \
    --opt build-arg:PYTHON_VERSION="$(<"$work/python-version")" \
    --opt build-arg:SOURCE_DATE_EPOCH=1767225600 \
    --output "type=oci,dest=$folder/oci,tar=false"
  grep -o -m1 'sha256:[0-9a-f]*' "$folder/oci/index.json" >"$folder/digest"
}

# The other platform that users build for.
foreign_arch() { if [[ $arch == arm64 ]]; then echo amd64; else echo arm64; fi; }

# The mirrors that the machine's own apt uses: "ARCHIVE SECURITY".
debian_mirrors() {
  echo "$(mirror_named debian)" "$(mirror_named debian-security)"
}

mirror_named() {
  # shellcheck disable=SC2016 # apt's placeholder
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' |
    sed 's|/$||' | grep -m1 "/$1\$" || echo "http://deb.debian.org/$1"
}

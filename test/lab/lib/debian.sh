# Debian packages: installed when they are small tools, only unpacked when they hold a daemon.

# install_packages PACKAGE...: installs those that are missing.
install_packages() {
  local package missing=()
  for package; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0
  require_root "(packages: ${missing[*]})"
  update_package_lists
  step "installing ${missing[*]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${missing[@]}"
}

# unpack_package PACKAGE FILE...: links files of a package into the bin folder, without installing it:
# an installed daemon would be started, and again at every boot.
unpack_package() {
  local package=$1 file folder
  shift
  folder=$cache/debian/$(codename)/$package
  if [[ ! -e $folder/.complete ]]; then
    update_package_lists
    cached "$folder" "unpacking Debian's $package" download_package "$package"
  fi
  for file; do link "$folder/$file"; done
}

download_package() {
  local package=$1 folder=$2
  cd "$folder"
  apt-get download "$package"
  dpkg-deb -x "$package"_*.deb .
  rm "$package"_*.deb
}

# At most once a day: older lists name versions that the mirror no longer has.
update_package_lists() {
  [[ ! $(find "$lab/apt-updated" -mtime -1 2>/dev/null) ]] || return 0
  require_root "apt-get update"
  step "apt-get update" apt-get update
  touch "$lab/apt-updated"
}

codename() { (. /etc/os-release && echo "$VERSION_CODENAME"); }

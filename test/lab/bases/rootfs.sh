#!/usr/bin/env bash
# rootfs.sh SUITE KIND PYTHON-MINOR ARCH WORK "ARCHIVE SECURITY": writes WORK/ARCH.tar.
# Another machine's architecture is unpacked without running anything of it; then the native one has to be there.
set -euo pipefail

suite=$1 kind=$2 minor=$3 arch=$4 work=$5
read -r archive security <<<"$6"
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
native=$(dpkg --print-architecture)

# What Debian's python links to; in the official image these come from the same packages.
libraries=libbz2-1.0,libdb5.3,libexpat1,libffi8,liblzma5,libncursesw6,libreadline8,libsqlite3-0,libssl3,libuuid1,zlib1g
case $suite in
  bookworm) libraries+=,libnsl2,libtirpc3 ;;
  trixie) libraries=${libraries/libdb5.3,/libdb5.3t64,} libraries=${libraries/libreadline8,/libreadline8t64,} libraries=${libraries/libssl3,/libssl3t64,} ;;
esac
packages=ca-certificates,netbase,tzdata
case $kind in
  python) packages+=,$libraries ;;
  debian) packages+=,python3 ;;
esac

options=(
  --architectures="$arch"
  --aptopt='APT::Install-Recommends "false"'
  --aptopt='Acquire::Languages "none"'
  --skip=output/dev
)
# What "slim" means: containers' later installs leave these out as well.
for path in doc info lintian locale man; do
  options+=(--dpkgopt="path-exclude=/usr/share/$path/*")
done
options+=(--dpkgopt='path-include=/usr/share/doc/*/copyright')

# mmdebstrap ends with another hook where nothing is installed, only unpacked.
if [[ $arch == "$native" ]]; then
  hook=customize-hook
  options+=(--variant=minbase --include="$packages" --hook-dir=/usr/share/mmdebstrap/hooks/maybe-merged-usr)
else
  hook=extract-hook
  options+=(--variant=extract --include="?essential|?priority(required)|?exact-name(apt)|?exact-name(usr-is-merged)|?exact-name(${packages//,/)|?exact-name(})")
  options+=("--$hook=$here/configure-as.sh \"\$1\" '$work/$native.tar'")
fi
if [[ $kind == python ]]; then
  options+=("--$hook=$here/python.sh \"\$1\" $minor $suite")
fi
options+=("--$hook=$here/slim.sh \"\$1\"")
if [[ $arch == "$native" ]]; then
  options+=("--$hook=$here/check.sh \"\$1\" $kind $minor >'$work/python-version'")
fi

# mmdebstrap takes the time stamps from this.
export SOURCE_DATE_EPOCH=1767225600
mmdebstrap "${options[@]}" "$suite" "$work/$arch.tar" \
  "deb $archive $suite main" "deb $archive $suite-updates main" "deb $security $suite-security main"
# Without the folder, the builder would make it in every step.
install -d -m 0755 "$work/empty/dev"
tar --append --file "$work/$arch.tar" --directory "$work/empty" --owner 0 --group 0 --numeric-owner --mtime "@$SOURCE_DATE_EPOCH" ./dev

#!/bin/sh
# in-root.sh ROOT FOLDER CMD...: runs CMD with ROOT as its root, in a mount namespace of its own, where FOLDER is
# as it is outside. A chroot would not do: containers cannot be made in one.
set -eu
root=$1 folder=$2
shift 2
mount --bind "$root" "$root"
for shared in /proc /sys /dev /run; do
  mount --rbind "$shared" "$root$shared"
done
mkdir -p "$root$folder" "$root/outside"
mount --rbind "$folder" "$root$folder"
cp /etc/resolv.conf /etc/hosts "$root/etc/"
cd "$root"
pivot_root . outside
exec "$@"

#!/bin/sh
# slim.sh ROOT: removes what essential packages brought before dpkg was told to leave it out.
set -eu
root=$1
for folder in info lintian locale man; do
  rm -rf "${root:?}/usr/share/$folder"/*
done
find "$root/usr/share/doc" ! -type d ! -name copyright -delete
find "$root/usr/share/doc" -depth -type d -empty -delete
find "$root/var/log" "$root/var/cache" -type f -delete
rm -f "$root"/etc/*- "$root"/var/lib/dpkg/*-old
# apt in a container keeps nothing, and installs start no services: as in the official images.
printf 'APT::Keep-Downloaded-Packages "false";\nDir::Cache::pkgcache "";\nDir::Cache::srcpkgcache "";\n' \
  >"$root/etc/apt/apt.conf.d/docker-clean"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod +x "$root/usr/sbin/policy-rc.d"

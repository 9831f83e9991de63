#!/bin/sh
# python.sh ROOT MINOR SUITE: puts Debian's python where the official image has its own.
# Its packages are unpacked beside dpkg: for apt this root has no python, as in the official image.
set -eu
root=$1 minor=$2 suite=$3
unpacked=$(mktemp -d)
trap 'rm -rf "$unpacked"' EXIT

# Besides the interpreter: headers (sdists compile against them), ensurepip and its wheels.
packages="python$minor-minimal libpython$minor-minimal libpython$minor-stdlib libpython$minor-dev python$minor-venv python3-pip-whl"
[ "$suite" != bookworm ] || packages="$packages python3-setuptools-whl python3-distutils python3-lib2to3"
# shellcheck disable=SC2086 # a list
(cd "$unpacked" && APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-get download $packages)
for deb in "$unpacked"/*.deb; do
  dpkg-deb -x "$deb" "$unpacked"
done

local=$root/usr/local lib=$root/usr/local/lib/python$minor
mkdir -p "$local/bin" "$local/lib" "$local/include" "$root/usr/share"
cp -a "$unpacked/usr/lib/python$minor" "$local/lib/"
cp -a "$unpacked/usr/bin/python$minor" "$local/bin/"
ln -s "python$minor" "$local/bin/python3"
ln -s python3 "$local/bin/python"
cp -a "$unpacked/usr/include/python$minor" "$local/include/"
cp -a "$unpacked"/usr/include/*-linux-gnu/"python$minor/pyconfig.h" "$local/include/python$minor/"
cp -a "$unpacked/usr/share/python-wheels" "$root/usr/share/"

# What Debian changed: its own scheme for pip to install by, and its own name for the folder, which is frozen
# into the interpreter.
rm -rf "$lib/EXTERNALLY-MANAGED" "$lib/sitecustomize.py" "$lib/_distutils_system_mod.py" "$lib"/config-*
mkdir "$lib/site-packages"
ln -s site-packages "$lib/dist-packages"
for file in "$lib/sysconfig.py" "$lib/sysconfig/__init__.py"; do
  [ ! -e "$file" ] || sed -i "s|prefix_scheme = 'posix_local'|prefix_scheme = 'posix_prefix'|" "$file"
done
sed -i "s|/usr/include/python|/usr/local/include/python|" "$lib"/_sysconfigdata_*.py
rm -rf "$lib/test" "$lib/idlelib" "$lib/turtledemo"

# pip, as the official image has it.
unzip -q "$root"/usr/share/python-wheels/pip-*.whl -d "$lib/site-packages"
cat >"$local/bin/pip" <<'PIP'
#!/usr/local/bin/python3
import sys
from pip._internal.cli.main import main
sys.exit(main())
PIP
chmod +x "$local/bin/pip"
ln -s pip "$local/bin/pip3"

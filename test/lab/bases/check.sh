#!/bin/sh
# check.sh ROOT KIND MINOR: asks the interpreter itself, and prints its full version.
set -eu
root=$1 kind=$2 minor=$3
case $kind in
  python) python=/usr/local/bin/python3 prefix=/usr/local ;;
  debian) python=/usr/bin/python3 prefix=/usr ;;
esac
chroot "$root" "$python" -IBc "
import ctypes, lzma, platform, readline, sqlite3, ssl, sys, sysconfig, uuid, venv, zlib, bz2
assert sys.prefix == '$prefix' and '%d.%d' % sys.version_info[:2] == '$minor', sys.version
if '$kind' == 'python':
    assert sysconfig.get_path('purelib') == '/usr/local/lib/python$minor/site-packages', sysconfig.get_paths()
    import ensurepip, pip
print(platform.python_version())"

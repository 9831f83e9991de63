#!/bin/sh
# configure-as.sh ROOT NATIVE.tar: gives a root that was only unpacked what its packages' scripts would have
# made, from the native root of the same packages: users, certificates, links, what dpkg knows.
set -eu
tar -xf "$2" -C "$1" ./etc ./var/lib/dpkg/alternatives

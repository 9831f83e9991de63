# Emulation of arm64 in builds. BuildKit takes the emulator from its PATH: the kernel is not told of it.

qemu_up() {
  unpack_package qemu-user-static usr/bin/qemu-aarch64-static
  link "$(readlink -f "$bin/qemu-aarch64-static")" buildkit-qemu-aarch64
}

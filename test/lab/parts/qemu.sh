# Emulation of arm64 on amd64 with Debian's qemu. With the part qemu the kernel runs such binaries, in containers too.

binfmt=/proc/sys/fs/binfmt_misc

# The emulator alone: the kernel is told nothing, and who wants a program emulated starts it.
emulator_up() {
  [[ $arch == amd64 ]] || return 0
  if [[ $(codename) == bookworm ]]; then
    unpack_package qemu-user-static usr/bin/qemu-aarch64-static
    qemu=$bin/qemu-aarch64-static
  else
    unpack_package qemu-user usr/bin/qemu-aarch64
    qemu=$bin/qemu-aarch64
  fi
  export_env emulator "QUATRAIN_QEMU=$(readlink -f "$qemu")"
}

qemu_up() {
  local magic mask
  [[ $arch == amd64 ]] || return 0
  require_root qemu
  need emulator
  [[ -e $binfmt/register ]] || mount -t binfmt_misc binfmt_misc "$binfmt"
  [[ ! -e $binfmt/quatrain-$id ]] || return 0
  # An ELF file, 64 bit, little endian, executable or shared, for machine 0xb7. F: opened now, so that no container needs it.
  magic='\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00'
  mask='\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff'
  printf '%s' ":quatrain-$id:M::$magic:$mask:$(readlink -f "$qemu"):F" >"$binfmt/register"
}

qemu_down() { [[ ! -e $binfmt/quatrain-$id ]] || echo -1 >"$binfmt/quatrain-$id"; }

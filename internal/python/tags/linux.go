package tags

import (
	"fmt"
	"slices"
)

// linuxPlatforms follows packaging.tags._linux_platforms.
func linuxPlatforms(machine string, libc Libc, nativeFirst bool) []string {
	var native, portable []string
	for _, arch := range arches(machine) {
		native = append(native, "linux_"+arch)
	}
	switch {
	case libc.Minor > maxVersion: // there is no such C library
	case libc.Family == "musl":
		portable = musllinux(arches(machine), libc)
	default:
		portable = manylinux(arches(machine), libc)
	}
	if nativeFirst {
		return append(native, portable...)
	}
	return append(portable, native...)
}

// arches follows packaging's list: a 64-bit ARM in 32-bit mode runs armv7l too.
func arches(machine string) []string {
	if machine == "armv8l" {
		return []string{"armv8l", "armv7l"}
	}
	return []string{machine}
}

// aliases are the names that manylinux versions had before PEP 600.
var aliases = map[int]string{17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}

// manylinuxArches are packaging's _ALLOWED_ARCHS and what it checks by ELF header.
var manylinuxArches = []string{"x86_64", "aarch64", "ppc64", "ppc64le", "s390x", "loongarch64", "riscv64", "i686", "armv7l"}

func manylinux(arches []string, libc Libc) []string {
	if !slices.ContainsFunc(arches, func(a string) bool { return slices.Contains(manylinuxArches, a) }) {
		return nil
	}
	oldest := 17
	if slices.Contains(arches, "x86_64") || slices.Contains(arches, "i686") {
		oldest = 5
	}
	var all []string
	for _, arch := range arches {
		for minor := libc.Minor; minor >= oldest; minor-- {
			all = append(all, fmt.Sprintf("manylinux_%d_%d_%s", libc.Major, minor, arch))
			if alias, ok := aliases[minor]; ok && libc.Major == 2 {
				all = append(all, alias+"_"+arch)
			}
		}
	}
	return all
}

func musllinux(arches []string, libc Libc) []string {
	var all []string
	for _, arch := range arches {
		for minor := libc.Minor; minor >= 0; minor-- {
			all = append(all, fmt.Sprintf("musllinux_%d_%d_%s", libc.Major, minor, arch))
		}
	}
	return all
}

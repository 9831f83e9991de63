"""Vectors of tag lists and wheel names, as packaging has them (run by test/vectors.sh).

A list is long: its length, its digest and some of its tags are kept.
"""
import hashlib
import sysconfig
from unittest import mock

import vectors
from packaging import _manylinux, _musllinux, tags
from packaging.utils import parse_wheel_filename


def everything(python, threaded, platforms):
    abi = f"cp3{python}" + ("t" if threaded else "m" if python < 8 else "")
    yield from tags.cpython_tags((3, python), [abi], platforms)
    yield from tags.compatible_tags((3, python), f"cp3{python}", platforms)


def linux(machine, family, version):
    """packaging's own list for a machine that this is not."""
    glibc = version if family == "glibc" else (-1, -1)
    musl = _musllinux._MuslVersion(*version) if family == "musl" else None
    with mock.patch.object(sysconfig, "get_platform", lambda: f"linux-{machine}"), \
            mock.patch.object(_manylinux, "_is_linux_armhf", lambda e: True), \
            mock.patch.object(_manylinux, "_is_linux_i686", lambda e: True), \
            mock.patch.object(_manylinux, "_get_glibc_version", lambda: glibc), \
            mock.patch.object(_musllinux, "_get_musl_version", lambda e: musl):
        return list(tags._linux_platforms(is_32bit=False))


def row(found, **target):
    names = [str(t) for t in found]
    return {**target, "count": len(names), "sha256": hashlib.sha256("\n".join(names).encode()).hexdigest(), "some": names[:4] + names[len(names) // 2:][:3] + names[-2:]}


out = []
for python, threaded in (7, False), (8, False), (9, False), (11, False), (12, False), (13, False), (13, True), (14, True), (15, True):
    for machine in "x86_64 aarch64 armv7l armv8l i686 ppc64le s390x riscv64 mips64".split():
        for family, versions in ("glibc", [(2, 17), (2, 31), (2, 36), (2, 41), (2, 12)]), ("musl", [(1, 1), (1, 2)]):
            for version in versions:
                platforms = linux(machine, family, version)
                native = [p for p in platforms if p.startswith("linux_")]
                for first in True, False:  # packaging up to 26.2 had linux_ARCH last
                    order = native + [p for p in platforms if p not in native] if first else [p for p in platforms if p not in native] + native
                    assert not first or order == platforms
                    out.append(row(everything(python, threaded, order), python=python, threaded=threaded, machine=machine,
                                   libc=f"{family}-{version[0]}.{version[1]}", native=first))
    for machine in "arm64", "x86_64":
        for major in 11, 14:
            out.append(row(everything(python, threaded, list(tags.mac_platforms((major, 0), machine))), python=python, threaded=threaded, machine=machine, macos=major))
out = [r for i, r in enumerate(out) if i % 3 == 0 or "macos" in r]

for name in """a-1.0-py3-none-any.whl a_b-1.0.post1-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl a-1.0-2abc-py2.py3-none-any.whl
a-1.0+cpu-cp312-cp312-linux_x86_64.whl a-1.0-12_x-cp39-abi3-musllinux_1_1_aarch64.whl A-1.0-CP39-None-Any.whl a-1.0-py3-none.whl a-1.0.whl a-1.0-x-py3-none-any.whl
a-1.0-1-2-py3-none-any.whl -1.0-py3-none-any.whl a--py3-none-any.whl a-x-py3-none-any.whl a-1.0-py3-none-any.zip a.whl .whl""".split():
    try:
        _, _, build, found = parse_wheel_filename(name)
        out.append({"wheel": name, "build": list(build), "tags": sorted(str(t) for t in found)})
    except ValueError:
        out.append({"wheel": name, "error": True})

vectors.write(__file__, out, "packaging")

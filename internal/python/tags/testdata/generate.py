"""Vectors of tag lists, as packaging has them, and of wheel names, as Poetry reads them
(run by test/vectors.sh). A list is long: its length, its digest and some of its tags are kept.
"""
import hashlib
import random
import sysconfig
from unittest import mock

import vectors
from packaging import _manylinux, _musllinux, tags
from poetry.utils.wheel import InvalidWheelNameError, Wheel


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
    return {**target, "count": len(names), "sha256": hashlib.sha256("\n".join(names).encode()).hexdigest(), "some": names[:2] + names[-1:]}


out = []
for python, threaded in [(7, False), (15, True), *((m, False) for m in range(8, 15)), (13, True), (14, True)]:
    for machine in "x86_64 aarch64 armv7l armv8l i686 ppc64le s390x riscv64 mips64".split():
        for family, versions in ("glibc", [(2, 12), (2, 17), (2, 28), (2, 31), (2, 36), (2, 41)]), ("musl", [(1, 1), (1, 2)]):
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


def wheel_names():
    yield from """a-1.0-py3-none-any.whl a_b-1.0.post1-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl a-1.0-2abc-py2.py3-none-any.whl
a-1.0+cpu-cp312-cp312-linux_x86_64.whl a-1.0-12_x-cp39-abi3-musllinux_1_1_aarch64.whl A-1.0-CP39-None-Any.whl a-1.0-py3-none.whl a-1.0.whl a-1.0-x-py3-none-any.whl
a-1.0-1-2-py3-none-any.whl -1.0-py3-none-any.whl a--py3-none-any.whl a-x-py3-none-any.whl a-1.0-py3-none-any.zip a.whl .whl a-b-1.0-py3-none-any.whl a-b-1.0-3-py3-none-any.whl
a-1-2-3-4-5.whl a-1.0-py3--any.whl a-1.0-py3-none-any.whl.whl a-1.0-py3-none-any.WHL""".split()
    random.seed(6)
    for _ in range(700):
        parts = [random.choice(["a", "Foo_Bar", "x.y", "a-b", "9z", "torch"]), random.choice(["1.0", "2024.1.1", "1.0rc1", "1.0+cpu", "1!2", "x", "0_1"])]
        if random.random() < 0.4:
            parts.append(random.choice(["1", "12_x", "007", "2.3", "b1", "1a2b"]))
        tag = lambda choices: ".".join(random.sample(choices, random.choice([1, 1, 2, 3])))
        parts += [tag(["py3", "py2", "cp311", "CP312", "cp39"]), tag(["none", "abi3", "cp311", "cp313t"]), tag(["any", "linux_x86_64", "manylinux1_x86_64", "macosx_11_0_arm64", "Win_AMD64", "musllinux_1_2_aarch64"])]
        if random.random() < 0.2:
            del parts[random.randrange(len(parts))]
        yield "-".join(parts) + ".whl"


for name in dict.fromkeys(wheel_names()):
    try:
        w = Wheel(name)
        out.append({"wheel": name, "name": w.name, "version": w.version, "build": w.build_tag or "", "tags": sorted(str(t) for t in w.tags)})
    except InvalidWheelNameError:
        out.append({"wheel": name, "error": True})

vectors.write(__file__, out, "packaging", "poetry")

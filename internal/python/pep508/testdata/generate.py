"""Vectors of markers and requirements, as poetry-core answers (run by test/vectors.sh)."""
import random
import re

import vectors
from packaging.utils import canonicalize_name
from poetry.core.packages.dependency import Dependency
from poetry.core.version import markers as poetry_markers
from poetry.core.version.markers import parse_marker
from poetry.core.version.requirements import Requirement

random.seed(1)


def environment(python, platform, machine, release=None, extras=None):
    system, name = {"linux": ("Linux", "posix"), "darwin": ("Darwin", "posix"), "win32": ("Windows", "nt")}[platform]
    values = {
        "implementation_name": "cpython", "implementation_version": python, "os_name": name, "platform_machine": machine,
        "platform_python_implementation": "CPython", "platform_system": system, "python_full_version": python,
        "python_version": ".".join(python.split(".")[:2]), "sys_platform": platform,
    }
    if release:
        values["platform_release"] = release
    return {"values": values, "extras": extras}


environments = [
    environment("3.11.9", "linux", "x86_64"),
    environment("3.12.4", "linux", "aarch64", "6.1.0-13-amd64", []),
    environment("3.8.20", "darwin", "arm64", "23.4.0", ["cpu", "all"]),
    environment("3.14.0rc2", "win32", "AMD64", "11", ["cuda-12"]),
    environment("3.10.0", "linux", "armv7l", "5.10.0-1160.el7", ["cpu"]),
]


def validate(marker, e):
    env = dict(e["values"])
    if e["extras"] is not None:
        env["extra"] = set(e["extras"])
    return parse_marker(marker).validate(env)


singles = []
for op in ["==", "!=", "<", "<=", ">", ">=", "~=", "==="]:
    for v in ["3", "3.8", "3.10", "3.11", "3.12", "3.14", "4", "3.11.9", "3.11.*", "2.7"]:
        singles += [f'python_version {op} "{v}"', f'python_full_version {op} "{v}"']
    for v in ["3.14.0rc2", "3.14.0", "3.12.0a1"]:
        singles.append(f'python_full_version {op} "{v}"')
    for v in ["9.0", "24.4", "5.10.0-13-amd64", "6.1.0", "5", "23.4.0"]:
        singles.append(f'platform_release {op} "{v}"')
for lst in ["3.8", "3.8 3.9", "3.10, 3.11", "3.8|3.12", "3.11.9", "3.11.9 3.8", "3"]:
    for v in ["python_version", "python_full_version"]:
        singles += [f'{v} in "{lst}"', f'{v} not in "{lst}"', f'"{lst}" in {v}', f'"{lst}" not in {v}']
texts = {
    "os_name": ["posix", "nt", "java"], "os.name": ["posix"], "sys_platform": ["linux", "linux2", "darwin", "win32", "Linux"],
    "sys.platform": ["linux"], "platform_machine": ["x86_64", "aarch64", "arm64", "AMD64", "armv7l"], "platform.machine": ["x86_64"],
    "platform_system": ["Linux", "Darwin", "darwin", "Windows"], "platform_python_implementation": ["CPython", "PyPy"],
    "python_implementation": ["CPython"], "platform.python_implementation": ["PyPy"], "implementation_name": ["cpython", "pypy"],
    "implementation_version": ["3.11.9", "3.12"], "platform_version": ["#1 SMP"], "platform.version": ["1"],
}
for name, values in texts.items():
    for v in values:
        singles += [f'{name} {op} "{v}"' for op in ["==", "!=", "in", "not in", "==="]]
        singles += [f'"{v}" in {name}', f"'{v[:2]}' not in {name}"]
    singles += [f'{name} in "{" ".join(values)}"', f'{name} not in "{",".join(values)}"', f'{name} in "{"|".join(values)}"']
singles += [f'extra {op} "{x}"' for op in ["==", "!="] for x in ["cpu", "CPU", "cuda_12", "cuda.12", "all", "x"]]
for v in ["linux,darwin", "linux|darwin", "linux || darwin", "!=linux", "linux, !=darwin", "!= linux|win32", "=linux", "===linux", "|linux", "linux,", "linux||", " linux ", "", " ", "linux darwin", "!="]:
    singles += [f'{name} {op} "{v}"' for op in ["==", "!=", "in", "not in"] for name in ["sys_platform", "extra"] if name != "extra" or v.strip()]
for v in ["cpu,all", "cpu|cuda-12", "cpu || x", "!=cpu", "cpu, !=all"]:
    singles += [f'extra {op} "{v}"' for op in ["==", "!=", "in", "not in"]]
singles += ['"linux" == sys_platform', '"3.8" < python_version', '"amd64" in platform_release', '"el7" not in platform_release']

bad = ["spam == 'x'", "os_name ==", "== 'x'", "os_name 'x'", "(os_name == 'x'", "os_name == 'x')", "os_name == 'x", "os_name = 'x'", "os_name == x",
       "os_name == 'x' and", "and os_name == 'x'", "os_name == 'x' os_name == 'y'", "os_name == 'x' xor os_name == 'y'", "()", "os_name not 'x'",
       "python_version == 'spam'", "python_version >= ''", "python_version === '3.11'", "'a' == 'b'", "os_name == sys_platform", "python_full_version == '3.*'",
       "platform_release >= 'spam'", "os_name in sys_platform", "extras == 'x'", "dependency_groups == 'x'"]
markers = ["", "*", "<empty>", *singles, *bad]
good = []
for m in singles:
    if "===" in m:
        continue
    try:
        for e in environments:
            validate(m, e)
        good.append(m)
    except Exception:
        pass
composed = {}  # marker: what its parts amount to, by environment
for _ in range(2200):
    a, b, c = random.sample(good, 3)
    x, y = random.choice(["and", "or"]), random.choice(["and", "or"])
    marker = random.choice([f"{a} {x} {b} {y} {c}", f"({a} {x} {b}) {y} {c}", f"{a} {x} ({b} {y} {c})", f"{a} {x} {b}"])
    python = marker
    for part in sorted({a, b, c}, key=len, reverse=True):
        python = python.replace(part, f"holds[{good.index(part)}]")
    composed[marker] = python
markers += composed
markers += ['python_version >= "3.8"and os_name == "posix"', ' ( os_name=="posix" )or(os_name=="nt")', "((((os_name == 'posix'))))", "os_name == 'posix' and (python_version < '3' or (extra == 'cpu' and extra != 'all'))"]

# poetry-core simplifies a marker before it evaluates it. Where that changes the
# answer, or fails, the row is left out: on contradictions with a variable that is
# not known, and where its merging of the python variables is wrong.
caches = [f for f in vars(poetry_markers).values() if hasattr(f, "cache_clear")]
left_out = 0
out = [{"environments": environments}]
for m in dict.fromkeys(markers):
    for f in caches:
        f.cache_clear()  # `"a" in name` and `name in "a"` share a key
    row = {"marker": m}
    try:
        row["holds"] = "".join("1" if validate(m, e) else "0" for e in environments)
    except Exception as error:  # lark's and poetry-core's have no common base
        row["error"] = type(error).__name__
    if m in composed:
        alone = ""
        for e in environments:
            holds = {i: validate(good[i], e) for i in map(int, re.findall(r"holds.(\d+)", composed[m]))}
            alone += "1" if eval(composed[m]) else "0"
        if row.get("holds") != alone:
            left_out += 1
            continue
    out.append(row)
out.append({"left out": left_out})



def requirement_texts():
    yield from """a a-b_c.d A>=1 a>=1,<2 a(>=1) a[x] a[x,y]>=1 a[] a~=1.4 a==1.* a!=1.2 a@https://example.org/a-1-py3-none-any.whl a- a. a_ a[x,] a[,x] a() a>= a>=1, a<1,>2 a==1,==2""".split()
    yield from [
        "a (>=1,<2)", "a [x , y] >= 1, < 2", "a @ https://example.org/a-1.tar.gz", "a @ git+https://example.org/a.git@v1#subdirectory=b",
        'a @ https://example.org/a;b.zip ; os_name == "nt"', 'a>=1;python_version<"3.9"', 'a>=1 ; python_version < "3.9" and extra == "x"', 'a ; extra == "x"', "a (==1.2)", "a[x] (>=1) ; os_name == 'nt'",
        "", "-a", "a b", "a >= ", "a >=spam", "a[x", "a (>=1", "a ; spam", "a ; os_name == ", "a[x y]", "a @", "a >=1 <2 ; ; ", "a>=1 b", "a ^1.2", "a (^1.2)", "a =1", "a ===1", "a ;", "a>=1;", "a () ; os_name == 'nt'",
        "a # comment", "a >=1 # comment ; os_name == 'nt'", "a>=1 #", "a #;", "a>=1# x", "a @ https://example.org/a-1-py3-none-any.whl # comment", "a (>=1) (<2)", "a ((>=1))", "a(>=1", "a>=1)", "a [x][y]",
    ]
    names = ["a", "Foo.Bar", "a-b", "x_1", "9a"]
    extras = ["", "", "[x]", "[ x ,y-z]", "[]", "[A.b,c_d]"]
    versions = ["", ">=1", "(>=1,<2)", "==1.*", "!=1.2.*", "~=1.4", " ~= 1.4.2 ", "<2.0a1", ">1.post1", "==1.2+cpu", "<=1,!=0.5,>0", "( >= 1 , < 2 )", "==v1.0", ">=1.0-1", "==1!2.0", "<>1", "^1", "~1", "*", "1.2", "==1.2 || ==1.3", "=>1", "==1.x", ">=1.*"]
    markers = ["", "", ";os_name=='nt'", " ; python_version >= '3.9' and extra == 'x'", " ;", " ; spam == 1", " ; (os_name == \"posix\")"]
    for _ in range(900):
        text = random.choice(names) + random.choice(["", " "]) + random.choice(extras) + random.choice(["", " "]) + random.choice(versions) + random.choice(markers)
        yield text
        if random.random() < 0.3:  # something lost, or doubled
            i = random.randrange(len(text))
            yield text[:i] + random.choice(["", text[i] * 2, " ", ",", ";"]) + text[i + 1:]


for text in dict.fromkeys(requirement_texts()):
    row = {"requirement": text}
    try:
        d = Dependency.create_from_pep_508(text)
        r = Requirement(re.sub(" #.*?( ;|$)", r"\1", text.strip()))
        assert d.pretty_name == r.name
        row |= {"name": r.name, "extras": list(r.extras), "url": r.url or "", "constraint": "" if r.pretty_constraint == "*" else r.pretty_constraint}
    except Exception as error:
        row["error"] = type(error).__name__
    out.append(row)
for name in ["Django", "jaraco.text", "a__b-.c", "A.-_B", "x", "zope.interface", "ruamel_yaml", "-a-", "a.", "Pillow-SIMD"]:
    out.append({"name": name, "canonical": str(canonicalize_name(name))})

vectors.write(__file__, out, "poetry-core", "packaging")

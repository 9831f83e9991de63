"""Random markers, as poetry-core answers (run by test/vectors.sh).

For more of them: python generate_markers.py SEED COUNT
"""
import random
import re
import sys

import vectors
from poetry.core.version import markers as poetry_markers
from poetry.core.version.markers import parse_marker

seed, count = [int(a) for a in sys.argv[1:]] or (1, 1500)
random.seed(seed)
pick = random.choice


def environment(python, platform, machine, release=None, version=None, extras=None, implementation="cpython"):
    system, name = {"linux": ("Linux", "posix"), "darwin": ("Darwin", "posix"), "win32": ("Windows", "nt")}[platform]
    values = {
        "implementation_name": implementation, "implementation_version": python if implementation == "cpython" else "7.3.17",
        "os_name": name, "platform_machine": machine, "platform_python_implementation": {"cpython": "CPython", "pypy": "PyPy"}[implementation],
        "platform_system": system, "python_full_version": python, "python_version": ".".join(python.split(".")[:2]), "sys_platform": platform,
    }
    values |= {name: value for name, value in [("platform_release", release), ("platform_version", version)] if value is not None}
    return {"values": values, "extras": extras}


environments = [
    environment("3.11.9", "linux", "x86_64"),
    environment("3.9.0", "linux", "aarch64", "6.1.0-13-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.55-1", []),
    environment("3.10.14", "darwin", "arm64", "23.4.0", "Darwin Kernel Version 23.4.0", ["cpu", "all"]),
    environment("3.14.0rc2", "win32", "AMD64", "11", "10.0.22631", ["cuda-12"]),
    environment("3.8.20", "linux", "armv7l", "5.10.0-1160.el7.x86_64", "#1 SMP", ["cpu", "x"]),
    environment("3.13.0a7", "linux", "x86_64", "4.4.0-19041-Microsoft", "spam", ["all"]),
    environment("3.10.14", "linux", "x86_64", "6.8.0", "1", ["a.b"], "pypy"),
    environment("3.12.4+local", "linux", "riscv64", "not a release", "", ["cpu"]),
]

python_versions = """2.7 3 3.0 3.8 3.9 3.9.0 3.9.1 3.10 3.10.14 3.11 3.11.9 3.11.10 3.12 3.12.4 3.12.4+local 3.13 3.13.0a7 3.13.0a8 3.13.0 3.14 3.14.0rc2
3.14.0 3.14.0.dev1 3.14.0rc2.post1 4 4.0 3.8.* 3.* 3.11.* 3.9.0.* 03.09 v3.9 3.9-1 1!3.9 3.9.0.0 3.11.9.0 3.13t 3.x spam""".split() + ["", " ", " 3.9 ", "3.9 ", "3.8,3.9", "<4"]
releases = """9.0 24.4 6.1.0 6.1.0-13-amd64 6.1.0-14-amd64 5.10.0-1160.el7.x86_64 5.10.0 4.4.0-19041-Microsoft 5 11 10.0.22631 23.4.0 6.8 6.* spam el7""".split() + ["", "not a release"]
texts = {
    "os_name": ["posix", "nt", "java", "Posix"], "sys_platform": ["linux", "linux2", "darwin", "win32", "Linux", "cygwin"],
    "platform_machine": ["x86_64", "aarch64", "arm64", "AMD64", "armv7l", "x86"], "platform_system": ["Linux", "Darwin", "Windows", "FreeBSD"],
    "platform_python_implementation": ["CPython", "PyPy", "Jython"], "implementation_name": ["cpython", "pypy"],
    "implementation_version": ["3.11.9", "3.12", "7.3.17", "3.9.0"], "platform_version": ["#1 SMP", "Debian", "1", "10.0.22631"],
    "extra": ["cpu", "CPU", "cuda_12", "cuda.12", "all", "x", "a.b", "A__b", "none"],
}
aliases = {
    "os_name": ["os.name"], "sys_platform": ["sys.platform"], "platform_machine": ["platform.machine"], "platform_version": ["platform.version"],
    "platform_python_implementation": ["platform.python_implementation", "python_implementation"],
}
comparisons = ["==", "!=", "<", "<=", ">", ">=", "~=", "==="]


def value(name):
    pool = {"python_version": python_versions, "python_full_version": python_versions, "platform_release": releases}.get(name) or texts[name]
    if random.random() < 0.03:
        pool = sum(texts.values(), python_versions + releases)
    v = pick(pool)
    if random.random() < 0.04:
        v = pick(["!=", "==", ">=", "<", "~=", "=", "===", " ", "^", "~", "*"]) + v
    if random.random() < 0.03:
        v += pick([" ", ",", "|", "||", ".", ".*", "\\", "'", "*", ";", "\t"])
    return v


def several(name):
    return pick([" ", ",", ", ", "|", " || ", ",,"]).join(value(name) for _ in range(pick([1, 1, 2, 3])))


def quoted(v):
    quote = pick("\"\"\"'")
    return quote + v + quote


def gap():
    return pick([" ", " ", " ", " ", "", "  ", "\t"])


def single():
    name = pick(["python_version"] * 4 + ["python_full_version"] * 4 + ["platform_release"] * 2 + list(texts) * 1)
    spelled = pick([name] * 5 + aliases.get(name, []))
    listed = random.random() < 0.3
    if listed:
        op = pick(["in", "not in", "not in", "in", "not  in", "not\tin"] if random.random() < 0.2 else ["in", "not in"])
    elif name in ("python_version", "python_full_version", "platform_release") or random.random() < 0.06:
        op = pick(comparisons)
    else:
        op = pick(["==", "!=", "==", "!=", "==="])
    v = quoted(several(name) if listed or random.random() < 0.05 else value(name))
    left, right = (v, spelled) if random.random() < (0.25 if listed else 0.02) else (spelled, v)
    between = [gap(), gap()]
    if listed and left is spelled and not between[0]:
        between[0] = " "
    if listed and right is spelled and not between[1]:
        between[1] = " "
    return left + between[0] + op + between[1] + right


caches = [f for f in vars(poetry_markers).values() if hasattr(f, "cache_clear")]


def parsed(text, simplified):
    """poetry-core simplifies a marker before it evaluates it."""
    for f in caches:
        f.cache_clear()  # `"a" in name` and `name in "a"` share a key
    if simplified:
        return parse_marker(text)
    return poetry_markers._compact_markers(poetry_markers._parser.parse(text).children, top_level=False)


def holds(text, simplified):
    """By environment, ? where poetry-core fails on it; None where it refuses the marker."""
    try:
        marker = parsed(text, simplified)
    except Exception:  # lark's and poetry-core's have no common base
        return None
    answers = ""
    for e in environments:
        env = dict(e["values"])
        if e["extras"] is not None:
            env["extra"] = set(e["extras"])
        try:
            answers += "1" if marker.validate(env) else "0"
        except AssertionError:
            return None  # several extras in a comparison: it fails wherever extras are known
        except Exception:
            answers += "?"
    return answers


good = [text for text in (single() for _ in range(400)) if holds(text, False) is not None]


def tree(depth):
    """A marker, and its operator."""
    if depth == 0 or random.random() < 0.2:
        return pick(good), None
    op = pick(["and", "or"])
    # `or` within `and` needs parentheses; all others may have them.
    parts = [f"({gap()}{t}{gap()})" if o == "or" and op == "and" or random.random() < 0.2 else t for t, o in (tree(depth - 1), tree(depth - 1))]
    return f"{parts[0]} {op} {parts[1]}", op


def damaged(text):
    i = random.randrange(len(text))
    return text[:i] + pick(["", text[i] * 2, " ", "(", ")", '"', "'", "\n", ";", "and", "=", "\\", "É"]) + text[i + 1:]


words = {"and", "or", "in", "not"} | {"python_version", "python_full_version", "platform_release", *texts} | set(sum(aliases.values(), []))


def odd(text):
    """poetry-core reads `andos_name` as two words, and a line end in a value here and there."""
    return re.search(r"'[^']*\n[^']*'", text) or any(w not in words for w in re.findall(r"[\w.]+", re.sub(r"'[^']*'|\"[^\"]*\"", " ", text)))


rows, left_out = {}, 0
while len(rows) < count:
    kind = random.random()
    if kind < 0.42:
        text = single()
    elif kind < 0.85:
        text, _ = tree(pick([1, 1, 2, 2, 3]))
    else:
        text = damaged(pick(good) if random.random() < 0.6 else tree(1)[0])
    answer = holds(text, simplified=False)
    if text in rows or answer is not None and odd(text):
        continue
    if holds(text, simplified=True) == answer:
        rows[text] = answer
    else:
        left_out += 1  # the simplification changes the answer, or fails
out = [{"environments": environments}]
out += [{"marker": text, "holds": answer} if answer is not None else {"marker": text, "error": "refused"} for text, answer in rows.items()]
out.append({"left out": left_out})
vectors.write(__file__, out, "poetry-core", "packaging", to="markers.jsonl")

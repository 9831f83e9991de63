"""Random versions and constraints, as poetry-core answers (run by test/vectors.sh).

For more of them: python generate_constraints.py SEED COUNT
"""
import random
import sys
import warnings

import vectors
from poetry.core.constraints.version import Version, parse_constraint
from poetry.core.constraints.version.parser import parse_marker_version_constraint

warnings.simplefilter("ignore")
seed, count = [int(a) for a in sys.argv[1:]] or (1, 500)
random.seed(seed)
pick = random.choice

against = """0 0.0.1 0.9 1.dev0 1a1 1rc1 1 1+cpu 1.0.post1 1.0.1 1.1 1.2.dev3 1.2rc1 1.2 1.2+cpu 1.2+gpu.2 1.2.post1 1.2.post1.dev2 1.2.1 1.2.3 1.2.3+local.1
1.2.3.4 1.2.3.post2 1.2.4.dev0 1.2.4 1.3.dev0 1.3a1 1.3 1.10 2.dev0 2.0a1 2 2.0.1 2.1 3.9 3.10 3.10.1 10 2024.1 1!1.2""".split()
parsed = [Version.parse(v) for v in against]


def version():  # in lower case: poetry-core sorts "RC" before "a"
    text = ".".join(str(pick([0, 1, 1, 2, 2, 3, 9, 10, "01", 2024])) for _ in range(pick([1, 2, 2, 2, 3, 3, 4])))
    if random.random() < 0.25:
        text += pick(["", ".", "-", "_"]) + pick(["a", "b", "rc", "c", "alpha", "beta", "pre", "preview"]) + pick(["", ".", "_"]) + pick(["", "1", "2"])
    if random.random() < 0.15:
        text += pick([".post", "-", "post", "-r", ".rev"]) + pick(["", "1", "2"])
    if random.random() < 0.12:
        text += pick([".dev", "dev", "-dev_"]) + pick(["", "0", "3"])
    if random.random() < 0.12:
        text += "+" + pick(["cpu", "gpu.2", "local-1", "1", "01", "CPU", "a_b"])
    if random.random() < 0.06:
        text = pick(["v", "V", "1!", "0!"]) + text
    if random.random() < 0.04:
        i = random.randrange(len(text) + 1)
        text = text[:i] + pick([".", " ", "-", "x", "*", "+", "é", "!"]) + text[i:]
    return text


def clause():
    text = pick(["", "=", "==", "!=", "<", "<=", ">", ">=", "~", "~=", "^", "==", "!=", ">=", "<", "===", "<>", "=>"]) + pick(["", "", "", " ", "  "]) + version()
    if random.random() < 0.15 and "dev" not in text:  # 1.post1.dev3.* has no versions, and poetry-core does not know
        text += pick([".*", ".*", ".x", ".*.*", "*"])
    return "*" if random.random() < 0.02 else text


def constraint():
    alternatives = [pick([",", ", ", " ", " , ", ",  "]).join(clause() for _ in range(pick([1, 1, 2, 2, 3]))) for _ in range(pick([1, 1, 1, 2, 2, 3, 4]))]
    text = pick(["||", " || ", "|", " | "]).join(alternatives)
    if random.random() < 0.05:
        i = random.randrange(len(text) + 1)
        text = text[:i] + pick([",", " ", "|", "-", "=", "<", "*", "\t"]) + text[i:]
    return text


out, known = [{"against": against}], []
for text in dict.fromkeys(version() for _ in range(count)):
    row = {"version": text}
    try:
        v = Version.parse(text)
        row |= {"text": v.text, "pre": v.is_unstable(), "parts": [v.major, v.minor or 0, v.patch or 0], "stable": v.stable.text}
    except ValueError:
        row["error"] = True
    out.append(row)
for text in dict.fromkeys(constraint() for _ in range(count)):
    row, failed = {"constraint": text}, False
    for key, parse in ("allows", parse_constraint), ("marker", parse_marker_version_constraint):
        try:
            c = parse(text)
        except AssertionError:
            failed = True  # poetry-core stumbles over its own intersection
            continue
        except ValueError:
            row["error"] = True
            continue
        row[key] = "".join("1" if c.allows(v) else "0" for v in parsed)
        if key == "allows":
            known.append((text, c))
    if failed:
        continue
    if row.get("marker") == row.get("allows"):
        row.pop("marker", None)
    out.append(row)
for _ in range(count):
    (a, x), (b, y) = random.sample(known, 2)
    try:
        out.append({"pair": [a, b], "any": x.allows_any(y), "all": x.allows_all(y)})
    except (AssertionError, ValueError):
        pass

vectors.write(__file__, out, "poetry-core", "packaging", to="constraints.jsonl")

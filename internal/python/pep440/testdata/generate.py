"""Vectors of versions and constraints, as poetry-core answers (run by test/vectors.sh)."""
import random
import warnings

import vectors
from packaging.version import Version as Packaging
from poetry.core.constraints.version import Version, parse_constraint
from poetry.core.constraints.version.parser import parse_marker_version_constraint

warnings.simplefilter("ignore")
random.seed(1)
out = []

# Versions, in order; what is equal shares a place.
spellings = """0 0.0.1 0.0.2 0.1 0.2.3 0.3.0 0.9 1.dev0 1a0.dev1 1a1.dev1 1a1 1.0a1 1a1.post1 1b2 1rc1.dev3 1rc1 1 1.0 1.0.0
1+abc 1+1 1+1.a 1+01 1.post0.dev1 1.post0 1.post1 1.post1+x 1.0.1 1.1 1.1.dev0 1.2a1 1.2.dev3 1.2rc1 1.2 1.2+cpu 1.2+gpu 1.2.post1
1.2.post1.dev2 1.2.0 1.2.3 1.2.3.4 1.2.3.5 1.2.3+local.1 1.2.3.post2 1.2.4 1.2.4.dev0 1.3.dev0 1.3 1.3.0rc1 1.4 1.4.5 1.5 1.10 2.0.0a1 2.dev1
2 2.0 2.0.0 2.0.1 2.1 3.8 3.9 3.9.18 3.10 3.11.9 3.12 3.12.4 3.13.0rc2 3.14.0a1 3.14 4 10.0 2024.1.15 1!0.5 1!1.2 0!1.2""".split()
odd = """v1.0 V1.2 1.0-ALPHA.2 1.0-1 1.0-r4 1.0.rev3 2.0c1 1.0.pre 1.0preview2 1.0.DEV 1.0_dev_3 1+A_b-1 1.0.post 1.0POST2 01.02.03 1.0a
1.0beta.3 1.0-b_4 1.0rc-1.post-2.dev-3 1.2.3-4 1.2.3.4.5.6""".split() + [" 1.0 ", "", "x", "1.x", "1..2", "1.", ".1", "1.0+", "1.0+a..b", "1.0a1a2", "1.0.post1.post2", "1 0", "1!", "!1", "1.0dev1a1", "a1", "1.0--1", "1.0+a_b.c-d"]

for text in spellings + odd:
    try:
        v = Version.parse(text.lower())  # it normalises lower-case spellings only
    except ValueError:
        out.append({"version": text, "error": True})
        continue
    out.append({"version": text, "text": v.text, "pre": Packaging(text).is_prerelease, "parts": [v.major, v.minor or 0, v.patch or 0], "stable": v.stable.text})
order = {}
parsed = [Version.parse(s) for s in spellings]
for text, v in zip(spellings, parsed):
    order.setdefault(v._compare_key, []).append(text)
out.append({"order": [order[k] for k in sorted(order)]})
out.append({"against": spellings})

stems = "0 0.0 0.0.0 0.0.3 0.2.3 0.0.0.5 1 1.0 1.2 1.2.3 1.2.3.4 1.4.5 2 2.0.0 3.9 3.12 3.14 1a1 1rc1 1.2rc1 1.2.dev3 1.2.post1 1.2.post1.dev2 1a1.dev1 1+abc 1.2+cpu 1.2.3+local.1 1!1.2 v1.2".split()
operators = ["", "=", "==", "!=", "<>", "<", "<=", ">", ">=", "~", "~=", "^"]
constraints = [o + s for o in operators for s in stems]
constraints += [o + s + ".*" for o in operators for s in ["0", "1", "1.2", "1.2.3", "1.2.3.4", "1a1", "1.2.post1", "1.2.dev3", "1.2+cpu", "v1", "1!1.2"]]
constraints += [o + " 1.2" for o in operators] + [o + "  1.2, <3" for o in operators]
constraints += """* x X *.* x.x v* 1.x 1.2.x 1.* 1.2.*.* ==* !=* >=* === ===1.2 ==1.2=3 spam >= ^ ~ || 1|| ||1 1|2 1||2 >=1||<0.5 dev >=dev 1.2,, ,1.2
>=1.2,<2,!=1.5 >=1.2,,<2 ! <1.2-1 >=1.2.3-4 >1.2.3-4,<2 !=1.2,!=1.3 !=1.2.*,!=1.3.* !=3.0.*,!=3.1.*,>=2.7 >=3.9,<3.9.7||>3.9.7,<4.0""".split()
constraints += ["", " ", " 1.2 ", ">= 1.2 , < 2", ">=1.2 <2", ">=1.2 <2 !=1.4", ">=1 <2||>=3", "^1.2 || ^2.0", "~2.7 || >=3.4", "1.2 - 2.0", "1.2 -2", ">=1.2 ,<2", ">=1.2, <2,", "1.2 || 1.3 || 1.4", ">1.2 ; 1", "1.2 1.2", "^1.2, !=1.4.*", ">=1.2+cpu <1.3", ">=1.2+cpu,==1.2", "==1.2+cpu || ==1.2", "<1.2+gpu || ==1.2", "!=1.2+cpu", "<=1.2,>=1.2", ">1.2,<1.2", ">2,<1", "<1.2||>1.2", "<1.2||>=1.2", "<=1.2||>1.2", "<1.2 || ==1.2", "==1.2 || >1.2", "!=2 || ==2", ">=1.2.dev3,<1.2", "~=1", "~1.2.*", "^1.2.*", ">=1.2.*,<2.*", "==1.2.*,!=1.2.3", ">=3.8,<3.12,!=3.9.7"]
pieces = [o + s for o in ["==", "!=", "<", "<=", ">", ">=", "~", "^"] for s in ["1.2", "1.2.3", "2", "1.2+cpu", "1.2rc1", "1.2.post1", "3.9"]] + ["1.2.*", "!=1.2.*", "!=1.*"]
for _ in range(1400):
    constraints.append(random.choice([" ", ",", ", ", " || ", " | "]).join(random.sample(pieces, 2)))
for _ in range(400):
    a, b, c, d = random.sample(pieces, 4)
    constraints.append(f"{a},{b} || {c},{d}")

known = []
for text in dict.fromkeys(constraints):
    row = {"constraint": text}
    for key, parse in ("allows", parse_constraint), ("marker", parse_marker_version_constraint):
        try:
            c = parse(text)
        except AssertionError:
            continue  # poetry-core stumbles over its own intersection
        except ValueError:
            row["error"] = True
            continue
        row[key] = "".join("1" if c.allows(v) else "0" for v in parsed)
        if key == "allows":
            known.append((text, c))
    if row.get("marker") == row.get("allows"):
        row.pop("marker", None)
    out.append(row)
for _ in range(2000):
    (a, x), (b, y) = random.sample(known, 2)
    try:
        out.append({"pair": [a, b], "any": x.allows_any(y), "all": x.allows_all(y)})
    except (AssertionError, ValueError):
        pass

vectors.write(__file__, out, "poetry-core", "packaging")

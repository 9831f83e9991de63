"""Vectors of pyproject.toml files, as Poetry reads them (run by test/vectors.sh): what is
in each group, python and platform keys as markers, sources, and the core metadata."""
import logging
import os
import pathlib
import random
import re
import tempfile

import vectors
from packaging.licenses._spdx import EXCEPTIONS, LICENSES
from poetry.core.constraints.version import Version, parse_constraint
from poetry.core.masonry.builders.wheel import WheelBuilder
from poetry.core.packages.utils.utils import create_nested_marker
from poetry.core.version.markers import parse_marker
from poetry.factory import Factory

HERE = pathlib.Path(__file__).parent
CORPUS = pathlib.Path(os.environ.get("QUATRAIN_CONFORMANCE", "../shared/conformance"), "corpus").resolve()

# What constraints and markers mean: the versions that are allowed, the places where it holds.
VERSIONS = "0 0.0.3 0.0.4 0.1 0.2.2 0.2.3 0.3 0.9 1.0a1 1 1.0 1.0.post1 1.1 1.2rc1 1.2 1.2+cpu 1.2.2 1.2.3 1.2.9 1.3 1.4 1.5 1.6 1.9 2.0a1 2 2.1 2.5 2.9 3 3.1 4 4.9 5 9".split()
PYTHONS = "0.0.3 0.0.9 0.4.9 0.5.0 0.6.1 1.2.3 2.6.9 2.7.18 3.0.1 3.1.5 3.5.10 3.6.15 3.8.20 3.9.0 3.9.2 3.9.7 3.10.0 3.10.2 3.10.4 3.10.5 3.11.3 3.11.9 3.12.4 3.13.0 3.14.0rc2 3.90.1 4.0.0".split()
PLACES = [(p, s, e) for p in PYTHONS for s in ("linux", "darwin", "win32") for e in ("", "x")] + [("3.11.9", "linux", e) for e in ("y", "x y", "cpu", "gpu", "cpu gpu", "z", "first-x")]


def environment(python, platform, extras):
    name, system, machine = {"linux": ("posix", "Linux", "x86_64"), "darwin": ("posix", "Darwin", "arm64"), "win32": ("nt", "Windows", "AMD64")}[platform]
    return {
        "implementation_name": "cpython", "implementation_version": python, "os_name": name, "platform_machine": machine,
        "platform_python_implementation": "CPython", "platform_system": system, "python_full_version": python,
        "python_version": ".".join(python.split(".")[:2]), "sys_platform": platform, "extra": set(extras.split()),
    }


def bits(answers):
    """Answers as hexadecimal digits, the first answer in the highest bit."""
    text = "".join("1" if a else "0" for a in answers)
    return f"{int(text, 2):x}"


def constraint_bits(constraint):
    return bits(constraint.allows(Version.parse(v)) for v in VERSIONS)


def marker_bits(marker):
    return bits(marker.validate(environment(*place)) for place in PLACES)


def dependency(d, folder):
    url = str(d.source_url or "")
    if d.is_file() or d.is_directory():
        url = url.removeprefix("file://")
        url = os.path.relpath(url, folder) if url.startswith(str(folder.parent)) else url
    index = d.source_name or ""
    return {
        "name": d.name, "pretty": d.pretty_name, "constraint": constraint_bits(d.constraint), "marker": marker_bits(d.marker),
        "optional": d.is_optional(), "in_extras": sorted(set(d.in_extras)), "extras": sorted(d.extras), "index": index,
        "origin": [d.source_type or "", url, d.source_reference or "", d.source_subdirectory or ""], "prereleases": bool(d.allows_prereleases()),
        "develop": bool(getattr(d, "_develop", False)),
    }


def project(folder):
    p = Factory().create_poetry(folder, disable_plugins=True, disable_cache=True)
    package = p.package
    groups = {g: package.dependency_group(g) for g in package.dependency_group_names(include_optional=True)}
    return {
        "name": package.pretty_name, "version": package.version.text, "package_mode": p.is_package_mode,
        "python": bits(package.python_constraint.allows(Version.parse(v)) for v in PYTHONS),
        "groups": {n: {"optional": g.is_optional(), "dependencies": [dependency(d, folder) for d in g.dependencies_for_locking]} for n, g in sorted(groups.items())},
        "requires": [dependency(d, folder) for d in package.requires],
        "extras": {x: [d.name for d in deps] for x, deps in package.extras.items()},
        "sources": [[s["name"], p.pool.get_priority(s["name"]).name.lower()] for s in p.local_config.get("source", [])],
        "scripts": package.entry_points.get("console-scripts", {}),
    }


def answered(make):
    try:
        return make()
    except Exception as error:  # there is no common base
        return {"error": re.sub(r"\s+", " ", f"{type(error).__name__}: {error}").replace(str(tmp), "").split(" Expected one of")[0][:200]}


def small_projects():
    head = '[tool.poetry]\nname = "a-project"\nversion = "1"\n'
    new = '[project]\nname = "a-project"\nversion = "1"\n'
    for case in re.split(r"^== ", (HERE / "projects.txt").read_text(encoding="utf-8"), flags=re.M)[1:]:
        name, text = case.split("\n", 1)
        text = re.sub(r"^HEAD\n", head, re.sub(r"^NEW\n", new, text)).rstrip("\n") + "\n"
        (tmp / "pyproject.toml").write_text(text, encoding="utf-8")
        yield {"project": name, "toml": text, **answered(lambda: project(tmp))}


def corpus_projects():
    for path in sorted(CORPUS.glob("*/pyproject.toml")):
        (tmp / "pyproject.toml").write_bytes(path.read_bytes())
        yield {"corpus": path.parent.name, **answered(lambda: project(tmp))}


def keys():
    """`python`, `platform` and `markers` keys of a dependency."""
    stems = "0 0.0 0.0.3 0.5 0.5.1 2.7 3 3.0 3.9 3.9.2 3.10 3.10.4 3.11 3.12 3.14.0rc2 3.9.post1 4".split()
    pythons = [o + s for o in ("", "=", "==", "!=", "<", "<=", ">", ">=", "~", "~=", "^") for s in stems] + [o + s + ".*" for o in ("", "==", "!=") for s in ("3", "3.9", "3.10", "2.7", "0.5")]
    pythons += [random.choice([", ", ",", " ", " || ", "|", " | "]).join(random.sample(pythons, random.choice([2, 2, 3]))) for _ in range(350)]
    for python in dict.fromkeys(pythons):
        yield {"python": python}
    platforms = ["linux", "darwin", "win32", "!linux", "!=linux", "==linux", "= linux", "linux || darwin", "linux|darwin", "!=linux,!=win32", "!=linux, !=win32", "linux,darwin", "linux darwin", "*", "x", "!=linux || win32"]
    markers = ["sys_platform == 'linux'", "python_version < '3.10' or sys_platform == 'win32'", "extra == 'x'", "python_full_version >= '3.9.2' and os_name == 'posix'"]
    for platform in platforms:
        yield {"platform": platform}
        yield {"platform": platform, "python": random.choice(pythons), "markers": random.choice(markers)}
    for _ in range(60):
        yield {"python": random.choice(pythons), "markers": random.choice(markers)}


def key_rows():
    for key in keys():
        row = {"key": key, **answered(lambda: {"marker": marker_bits(Factory.create_dependency("a", {"version": "*", **key}).marker)})}
        # Where poetry-core's merging of alternatives changes what they mean, the row is left out.
        if "error" in row or list(key) != ["python"] or row["marker"] == alternatives_bits(key["python"]):
            yield row


def alternatives_bits(python):
    ranges = parse_constraint(python).flatten()
    markers = [parse_marker(create_nested_marker("python_version", r)) for r in ranges]
    return bits(any(m.validate(environment(*place)) for m in markers) for place in PLACES)


def metadata(path):
    (tmp / "pyproject.toml").write_text(path.read_text())
    (tmp / "README.md").write_text("readme\n")
    return {"toml": path.read_text(), "metadata": WheelBuilder(Factory().create_poetry(tmp)).get_metadata_content()}


def requires_python(written):
    """Requires-Python as WheelBuilder writes it."""
    toml = f'[tool.poetry]\nname = "a"\nversion = "1"\n[tool.poetry.dependencies]\npython = "{written}"\n'
    (tmp / "pyproject.toml").write_text(toml)
    lines = WheelBuilder(Factory().create_poetry(tmp)).get_metadata_content().splitlines()
    return {"requires_python": written, "want": next((l.split(": ", 1)[1] for l in lines if l.startswith("Requires-Python: ")), "")}


WRITTEN = ["*", "^3.8", "~3.9", ">=3.8, <4", "<4,>=3.8", "3.11", "3.11.*", "~2.7 || ^3.6", ">=3.9,<3.9.7 || >3.9.7,<4.0", ">=3.8", "!=3.10.*", "!=3.9.7", "^3.8.1", "==3.9.1", "<=3.12"]

random.seed(5)
logging.disable()
header = {"versions": VERSIONS, "pythons": PYTHONS, "places": PLACES}
with tempfile.TemporaryDirectory() as tmp:
    tmp = pathlib.Path(tmp).resolve()
    os.environ["POETRY_CONFIG_DIR"] = os.environ["POETRY_CACHE_DIR"] = str(tmp / "config")
    for folder in "lib/h", "lib/i", "a_project", "wheels":
        (tmp / folder).mkdir(parents=True)
    for file in "lib/h/setup.py", "lib/i/setup.py", "wheels/j-1.0-py3-none-any.whl":
        (tmp / file).write_text("")
    rows = [header, *small_projects(), *key_rows(), *map(metadata, sorted(HERE.glob("*.toml"))), *map(requires_python, WRITTEN)]
    corpus = [header, *corpus_projects()]
vectors.write(__file__, rows, "poetry", "poetry-core")
if corpus[1:]:  # the answers only: the files themselves are not the project's
    vectors.write(__file__, corpus, "poetry", "poetry-core", to="corpus.jsonl")
# The names that a license expression may have, exceptions behind a "+".
(HERE.parent / "spdx.txt").write_text("".join(f"{known['id']}\n" for known in LICENSES.values()) + "".join(f"+{known['id']}\n" for known in EXCEPTIONS.values()))

"""Writes contenthash.json: content hashes as Poetry itself computes them.

Run with a Python that has poetry installed: python generate.py > contenthash.json
"""
import json
import tomllib
from importlib.metadata import version
from pathlib import Path

from poetry.packages.locker import Locker

CASES = {
    "nothing": "",
    "only a name": '[tool.poetry]\nname = "a"\n',
    "legacy": '[tool.poetry.dependencies]\npython = "^3.8"\na = "*"\n',
    "legacy with groups": '[tool.poetry.dependencies]\na = "*"\n[tool.poetry.group.dev.dependencies]\nb = {version = "^1", optional = true}\n',
    "legacy dev": '[tool.poetry.dev-dependencies]\nb = [{version = "^1", python = "<3"}, {git = "https://e.org/r"}]\n[[tool.poetry.source]]\nname = "x"\nurl = "https://e.org"\n[tool.poetry.extras]\nE = ["b"]\n',
    "project": '[project]\nname = "a"\nrequires-python = ">=3.9"\ndependencies = ["a>=1 ; python_version < \'4\'"]\n',
    "project and poetry": '[project]\nrequires-python = ">=3.9"\n[tool.poetry.dependencies]\na = {source = "x"}\n[project.optional-dependencies]\nb = []\n',
    "empty project keys": '[project]\ndependencies = []\n',
    "project without relevant keys": '[project]\nname = "a"\n[tool.poetry.dependencies]\na = "1"\n',
    "dependency groups": '[dependency-groups]\ndev = ["a", {include-group = "b"}]\nb = []\n',
    "empty dependency groups": '[dependency-groups]\n[tool.poetry.dependencies]\na = "1"\n',
    "all three": '[project]\ndependencies = ["a"]\n[dependency-groups]\ndev = ["b"]\n[tool.poetry.group.dev]\noptional = true\n',
    "escapes": '[tool.poetry.extras]\n"é<&>" = ["\\" \\\\ / \\b\\f\\n\\r\\t\\u0001\\u007f é € 😀 \\u2028 <>&"]\n',
    "key order": '[tool.poetry.extras]\nb = []\nB = []\na-b = []\na_b = []\n"a.b" = []\n"😀" = []\n"\uffee" = []\n',
    "numbers": '[tool.poetry.dependencies.a]\ni = [0, -0, +7, 1_000, 0x1F, 0o17, 0b101, 9223372036854775807]\nf = [1.0, -0.0, 1.5, 1e5, 1e15, 1e16, 1.5e16, 1e22, 1e-4, 1e-5, 1.25e-7, 0.1, 3.141592653589793, 5e-324, 1_0.5, 1E+2, 1.7976931348623157e308, inf, +inf, -inf, nan]\nb = [true, false]\n',
    "nesting": '[tool.poetry.dependencies]\na = {z = {y = [[1, "2"], [], {}]}, b.c = 1}\n',
}


def cases():
    for name, text in CASES.items():
        locker = Locker(Path("poetry.lock"), tomllib.loads(text))
        yield {
            "name": name,
            "toml": text,
            "hash": locker._get_content_hash(),
            "without_groups": locker._get_content_hash(with_dependency_groups=False),
        }


print(json.dumps({"poetry": version("poetry"), "cases": list(cases())}, indent=1))

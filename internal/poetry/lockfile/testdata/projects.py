"""The pyproject files whose content hash is asked for: each oddity by itself, then random ones."""
import random

NAMED = [
    "",
    '[tool.poetry]\nname = "a"\n',
    '[tool.poetry.dependencies]\npython = "^3.8"\na = "*"\n',
    '[tool.poetry.dependencies]\na = "*"\n[tool.poetry.group.dev.dependencies]\nb = {version = "^1", optional = true}\n',
    '[tool.poetry.dev-dependencies]\nb = [{version = "^1", python = "<3"}, {git = "https://e.org/r"}]\n[[tool.poetry.source]]\nname = "x"\nurl = "https://e.org"\n[tool.poetry.extras]\nE = ["b"]\n',
    '[project]\nname = "a"\nrequires-python = ">=3.9"\ndependencies = ["a>=1 ; python_version < \'4\'"]\n',
    '[project]\nrequires-python = ">=3.9"\n[tool.poetry.dependencies]\na = {source = "x"}\n[project.optional-dependencies]\nb = []\n',
    "[project]\ndependencies = []\n",
    "[project.optional-dependencies]\n",
    '[project]\nname = "a"\n[tool.poetry.dependencies]\na = "1"\n',
    '[dependency-groups]\ndev = ["a", {include-group = "b"}]\nb = []\n',
    '[dependency-groups]\n[tool.poetry.dependencies]\na = "1"\n',
    '[project]\ndependencies = ["a"]\n[dependency-groups]\ndev = ["b"]\n[tool.poetry.group.dev]\noptional = true\n',
    '[dependency-groups]\ndev = ["a"]\n[tool.poetry.group.dev]\n',
    "[tool.poetry.group]\n",
    "[tool.poetry.dependencies]\n[tool.poetry.extras]\n",
    '[tool.poetry.extras]\n"é<&>" = ["\\" \\\\ / \\b\\f\\n\\r\\t\\u0001\\u007f é € 😀 \\u2028 <>&"]\n',
    '[tool.poetry.extras]\nb = []\nB = []\na-b = []\na_b = []\n"a.b" = []\n"😀" = []\n"\uffee" = []\n"" = []\n',
    "[tool.poetry.dependencies.a]\ni = [0, -0, +7, 1_000, 0x1F, 0o17, 0b101, 9223372036854775807, -9223372036854775808]\n"
    "f = [1.0, -0.0, 1.5, 1e5, 1e15, 1e16, 1.5e16, 1e22, 1e-4, 1e-5, 1.25e-7, 0.1, 3.141592653589793, 5e-324, 1_0.5, 1E+2, 1.7976931348623157e308, inf, +inf, -inf, nan, +nan, -nan]\nb = [true, false]\n",
    '[tool.poetry.dependencies]\na = {z = {y = [[1, "2"], [], {}]}, b.c = 1}\n',
    "[tool.poetry.dependencies]\na = '''\nfirst\n  second\\'''\nb = \"\"\"x\\\n   y\"\"\"\n",
    '[[tool.poetry.source]]\nname = "a"\n[[tool.poetry.source]]\nname = "b"\n[tool.poetry]\nsource-x = 1\n',
    '[project]\r\ndependencies = [\r\n  "a", # one\r\n  "b",\r\n]\r\n',
    '[build-system]\nrequires = ["x"]\n[tool.poetry.build-constraints.a]\nb = "1"\n[tool.other]\ndependencies = 1\n',
]


def texts():
    yield from NAMED
    random.seed(4)
    for _ in range(220):
        yield document()


def document():
    text = ""
    if random.random() < 0.5:
        text += "[project]\n" + "".join(random.sample(['name = "a"\n', 'requires-python = ">=3.9"\n', f"dependencies = {strings()}\n", "optional-dependencies = {" + f"x = {strings()}" + "}\n"], random.randint(0, 4)))
    if random.random() < 0.5:
        text += "[dependency-groups]\n" + "".join(f"{k} = {strings()}\n" for k in keys())
    for section in random.sample(["dependencies", "dev-dependencies", "extras", "group.dev.dependencies", "group.docs", "scripts"], random.randint(0, 4)):
        text += f"[tool.poetry.{section}]\n" + "".join(f"{k} = {value(2)}\n" for k in keys())
    return text


def keys():
    return random.sample(["a", "b", "A", "a-b", "a_b", '"a.b"', '"é"', '"😀"', '"\\u007f"', '"/"', "z"], random.randint(0, 4))


def string():
    return '"' + "".join(random.choice(["a", "b", " ", ">=1", "é", "€", "😀", "\\u0001", "\\t", "\\\\", '\\"', "/", "<", "&", "\\u007f", "\\u2028", "'"]) for _ in range(random.randint(0, 6))) + '"'


def strings():
    return "[" + ", ".join(string() for _ in range(random.randint(0, 3))) + "]"


def value(depth):
    kind = random.randint(0, 6 if depth else 4)
    if kind == 0:
        return str(random.choice([0, 1, -1, 10**random.randint(0, 18), -(2**63), "0xff", "1_000", "+5"]))
    if kind == 1:
        return repr(random.choice([random.random(), random.uniform(-1e20, 1e20), random.uniform(0, 1e-6), float(random.randint(0, 10**17)), 10.0 ** random.randint(-30, 30)]))
    if kind == 2:
        return random.choice(["true", "false"])
    if kind == 5:
        return "[" + ", ".join(value(depth - 1) for _ in range(random.randint(0, 3))) + "]"
    if kind == 6:
        return "{" + ", ".join(f"{k} = {value(depth - 1)}" for k in keys()) + "}"
    return string()

"""Writes NAME.json beside each NAME.txtar here: what real Poetry installs for it.

Each case's files are put into a folder and installed by Poetry's own EditableBuilder,
which is what `poetry install` calls for the root project. The result is
{path: [mode, text]}, or {"error": message}.

Run with the Python 3.11 of Poetry's venv (2.5.1 with poetry-core 2.5.0 was used).
"""
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

WORK = Path("/tmp/quatrain-editable")
APP, VENV = WORK / "app", WORK / "venv"


def unpack(case: Path) -> None:
    parts = re.split(r"^-- (.+) --\n", case.read_text(), flags=re.M)[1:]
    for name, text in zip(parts[::2], parts[1::2]):
        file = APP / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def install() -> list[str]:
    """Installs APP, and returns the folders of its .pth in the order of pyproject.toml."""
    from cleo.io.null_io import NullIO
    from poetry.core.masonry.utils.package_include import PackageInclude
    from poetry.factory import Factory
    from poetry.masonry.builders.editable import EditableBuilder
    from poetry.utils.env import VirtualEnv

    builder = EditableBuilder(Factory().create_poetry(APP), VirtualEnv(VENV), NullIO())
    builder.build()
    bases = [str(i.base.resolve()) for i in builder._module.includes if isinstance(i, PackageInclude)]
    return list(dict.fromkeys(bases))


def files() -> dict[str, Path]:
    return {str(f): f for f in sorted(VENV.rglob("*")) if f.is_file() and not f.is_symlink()}


def one(case: Path) -> None:
    shutil.rmtree(WORK, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", VENV], check=True)
    unpack(case)
    before = files()
    try:
        roots = install()
    except Exception as e:
        result = {"error": str(e)}
    else:
        new = {name: f for name, f in files().items() if name not in before}
        result = {n: [oct(f.stat().st_mode & 0o777), f.read_bytes().decode()] for n, f in new.items()}
        pth = next(text for name, (_, text) in result.items() if name.endswith(".pth"))
        if pth.splitlines() != roots:
            sys.exit(3)  # the order of a set: another seed
    case.with_suffix(".json").write_text(json.dumps(result, indent=1) + "\n")


def main() -> None:
    os.umask(0o022)
    for case in sorted(Path(__file__).resolve().parent.glob("*.txtar")):
        for seed in range(100_000):
            env = {**os.environ, "PYTHONHASHSEED": str(seed)}
            status = subprocess.run([sys.executable, __file__, case], env=env).returncode
            if status != 3:
                break
        print(case.stem, f"(seed {seed})", "failed" if status else "")


if len(sys.argv) > 1:
    one(Path(sys.argv[1]))
else:
    main()

"""Lock an example for plain PyPI: `python examples/relock.py examples/orders`.

Poetry asks PyPI's release JSON API when it locks for PyPI itself, which not every
network serves. An explicit source on PyPI's simple index works everywhere: lock with
one, then take it out again and set the content hash of the file without it.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from poetry.factory import Factory

SOURCE = '\n[[tool.poetry.source]]\nname = "simple"\nurl = "https://pypi.org/simple/"\npriority = "primary"\n'


def main(project: Path) -> None:
    with tempfile.TemporaryDirectory() as tmp:
        work = Path(tmp)
        text = (project / "pyproject.toml").read_text()
        (work / "pyproject.toml").write_text(text + SOURCE)
        subprocess.run(["poetry", "lock", "--no-interaction"], cwd=work, check=True)
        lock = (work / "poetry.lock").read_text()
        lock = re.sub(r'\n\[package\.source\]\ntype = "legacy"\nurl = "[^"]*"\nreference = "simple"\n', "", lock)
        (work / "pyproject.toml").write_text(text)
        fresh = Factory().create_poetry(work).locker._get_content_hash()
        lock = re.sub(r'content-hash = "\w+"', f'content-hash = "{fresh}"', lock)
    (project / "poetry.lock").write_text(lock)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

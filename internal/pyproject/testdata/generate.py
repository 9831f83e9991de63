"""Writes NAME.METADATA beside each NAME.toml here, as poetry-core writes it.

Run with a Python that has poetry-core (2.5.0 was used): python generate.py
"""
import shutil
import tempfile
from pathlib import Path

from poetry.core.factory import Factory
from poetry.core.masonry.builders.wheel import WheelBuilder

for toml in sorted(Path(__file__).parent.glob("*.toml")):
    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile(toml, Path(folder, "pyproject.toml"))
        Path(folder, "README.md").write_text("readme\n")
        builder = WheelBuilder(Factory().create_poetry(Path(folder)))
        toml.with_suffix(".METADATA").write_text(builder.get_metadata_content())

"""A build backend in the tree that it builds: all modules into one wheel, with the standard library."""

import os
import pathlib
import tomllib
import zipfile


def build_wheel(folder, config_settings=None, metadata_directory=None):
    project = tomllib.loads(pathlib.Path("pyproject.toml").read_text())["project"]
    name = project["name"].replace("-", "_")
    version = project.get("version") or os.environ["SETUPTOOLS_SCM_PRETEND_VERSION_FOR_" + name.upper()]
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {version}\n"
    metadata += "".join(f"Requires-Dist: {r}\n" for r in project.get("dependencies", []))
    wheel = f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(folder, wheel), "w") as archive:

        def add(path, text):
            archive.writestr(zipfile.ZipInfo(path), text)

        files = sorted(p for p in pathlib.Path().rglob("*.py") if p.name != "backend.py")
        for path in files:
            add(path.as_posix(), path.read_text())
        add(f"{info}/METADATA", metadata)
        add(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        add(f"{info}/RECORD", "".join(f"{p.as_posix()},,\n" for p in files) + f"{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return wheel

"""What the generators of vectors share: test/vectors.sh puts this on their path.

A vector file is JSON lines. The first names the oracles, the others are cases.
"""
import importlib.metadata
import json
import pathlib


def write(script, rows, *oracles, to="vectors.jsonl"):
    """Writes a vector file beside a script."""
    header = {"oracles": {name: importlib.metadata.version(name) for name in oracles}}
    lines = [json.dumps(row, separators=(",", ":")) + "\n" for row in (header, *rows)]
    pathlib.Path(script).with_name(to).write_text("".join(lines), encoding="utf-8")
    print(f"{len(lines) - 1:6} {pathlib.Path(script).resolve().parent.parent.name}/testdata/{to}")

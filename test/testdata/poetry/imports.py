"""Imports each top-level module of the environment in a process of its own, and
fails with what those say that cannot be imported."""
import importlib.metadata
import os
import pkgutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

# What only an extra brings, that examples/orders does not ask for.
WANTS = {"blackd": "aiohttp", "matplotlib_inline": "matplotlib"}


def run(module):
    code = f"import importlib; importlib.import_module({module!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    imported = not done.returncode or module in WANTS and f"No module named '{WANTS[module]}'" in done.stderr
    return module, "" if imported else done.stderr


def modules():
    """What dist-info folders list, and what is in the folders of .pth files."""
    listed = {m for m in importlib.metadata.packages_distributions() if "/" not in m}
    own = [p for p in sys.path if p.startswith((sys.prefix, "/app"))]
    return sorted(listed | {m.name for m in pkgutil.iter_modules(own)})


names = modules()
with ThreadPoolExecutor(os.cpu_count()) as pool:
    failed = {module: text for module, text in pool.map(run, names) if text}
print(f"user {os.getuid()}: {len(names)} modules, {len(failed)} failed: {', '.join(names)}")
for module, text in failed.items():
    print(f"--- {module}\n{text}")
sys.exit(bool(failed))

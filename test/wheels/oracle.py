"""Install wheels with Poetry's own WheelInstaller; the oracle of this package's tests.

usage: oracle.py VENV FRESH

Builds an environment at VENV as Poetry does, and a copy at FRESH. Then, for each JSON line
{"wheels": [PATH…], "to": FOLDER} on standard input: installs the wheels there, moves the
environment to FOLDER, puts a fresh one in its place, and answers with a JSON line:
refused ("" where it was installed), record (what is wrong with RECORD), pycache
(how many files were left out). With "source", the arguments of a Package, the wheel is
of a package from there, and gets the direct_url.json of Poetry's executor; "hash" is
what the lock says of its file.
"""
import json
import os
import resource
import shutil
import signal
import sys
import warnings
from pathlib import Path

from poetry.core.packages.package import Package
from poetry.installation.executor import Executor
from poetry.installation.operations import Install
from poetry.installation.wheel_installer import WheelInstaller
from poetry.utils.env import EnvManager, VirtualEnv


def too_long(*_):
    raise TimeoutError("still at it")


def install(installer, wheels):
    """What Poetry says of the wheels. Some made archives keep it busy for ever."""
    refused = ""
    signal.alarm(120 if any(os.path.getsize(w) > 100_000 for w in wheels) else 1)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            for wheel in wheels:
                installer.install(Path(wheel))
        except (Exception, MemoryError) as e:
            refused = "%s: %s" % (type(e).__name__, e)
    signal.alarm(0)
    issues = list(installer.invalid_wheels.values())
    installer.invalid_wheels.clear()
    return {"refused": refused, "record": sum(issues, []), "pycache": sum("__pycache__" in str(w.message) for w in caught)}


def refer(env, request):
    """Write direct_url.json as the executor does after an installation."""
    executor = Executor.__new__(Executor)
    executor._env = env
    executor._hashes = {"demo": "sha256:" + request["hash"]} if request["hash"] else {}
    executor._save_url_reference(Install(Package("demo", "1.0", **request["source"])))


def main():
    venv = Path(sys.argv[1])
    os.umask(0o022)
    resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
    signal.signal(signal.SIGALRM, too_long)
    EnvManager.build_venv(venv)
    fresh = Path(sys.argv[2])
    shutil.copytree(venv, fresh, symlinks=True)
    env = VirtualEnv(venv)
    installer = WheelInstaller(env)
    print(json.dumps({"python": "%d.%d" % sys.version_info[:2]}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        answer = install(installer, request["wheels"])
        if "source" in request:
            refer(env, request)
        os.rename(venv, request["to"])
        shutil.copytree(fresh, venv, symlinks=True)
        print(json.dumps(answer), flush=True)


main()

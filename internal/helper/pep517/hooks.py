# Calls a build backend: hooks.py PIP missing|wheel TREE BACKEND OUT PATH SETTINGS REQUIRES.
# Its hooks run in processes of their own. "wheel" writes a wheel to the folder OUT,
# "missing" writes the build requirements that are not installed to the file OUT.
import importlib.metadata
import json
import subprocess
import sys

pip, what, tree, backend, out, path, settings, requires = sys.argv[1:]
sys.path.append(pip)
from pip._vendor.packaging.requirements import InvalidRequirement, Requirement
from pip._vendor.packaging.utils import canonicalize_name
from pip._vendor.pyproject_hooks import BackendUnavailable, BuildBackendHookCaller


def installed():
    """Returns the environment's distributions by name."""
    found = importlib.metadata.distributions(path=[p for p in sys.path if p != pip])
    return {canonicalize_name(d.metadata["Name"]): d for d in found if d.metadata["Name"]}


def is_missing(text, extras, distributions):
    """Reports whether the environment does not have what a requirement names, with its extras."""
    r = Requirement(text)
    if r.marker and not any(r.marker.evaluate({"extra": e}) for e in extras or [""]):
        return False
    d = distributions.get(canonicalize_name(r.name))
    if d is None or not r.specifier.contains(d.version, prereleases=True):
        return True
    return bool(r.extras) and any(is_missing(t, r.extras, distributions) for t in d.requires or [])


def missing(hooks, settings):
    distributions = installed()
    found = [t for t in requires if is_missing(t, [], distributions)]
    for d in distributions.values():
        found += [t for t in d.requires or [] if is_missing(t, [], distributions)]
    try:
        asked = hooks.get_requires_for_build_wheel(settings)
    except (subprocess.CalledProcessError, BackendUnavailable):
        if not found:
            raise
        asked = []  # it may need them to answer
    return sorted(set(found + [t for t in asked if is_missing(t, [], distributions)]))


hooks = BuildBackendHookCaller(tree, backend, backend_path=json.loads(path) or None)
settings = json.loads(settings) or None
requires = json.loads(requires)
try:
    if what == "missing":
        text = json.dumps(missing(hooks, settings))
        with open(out, "w") as f:
            f.write(text)
    else:
        hooks.build_wheel(out, settings)
except subprocess.CalledProcessError:
    sys.exit(1)  # the backend has said why
except BackendUnavailable as e:
    sys.exit(f"{e.traceback}\nthe build backend {backend} cannot be imported")
except InvalidRequirement as e:
    sys.exit(f"a build requirement cannot be read: {e}")

# Calls one hook of a build backend: hooks.py requires|wheel TREE BACKEND OUT PATH SETTINGS.
# The hook runs in a process of its own; its result goes to the file OUT ends in.
import json
import subprocess
import sys

from pip._vendor.pyproject_hooks import BackendUnavailable, BuildBackendHookCaller

what, tree, backend, out, path, settings = sys.argv[1:]
hooks = BuildBackendHookCaller(tree, backend, backend_path=json.loads(path) or None)
settings = json.loads(settings) or None
try:
    if what == "requires":
        with open(out, "w") as f:
            json.dump(hooks.get_requires_for_build_wheel(settings), f)
    else:
        hooks.build_wheel(out, settings)
except subprocess.CalledProcessError:
    sys.exit(1)  # the backend has said why
except BackendUnavailable as e:
    sys.exit(f"{e.traceback}\nthe build backend {backend} cannot be imported")

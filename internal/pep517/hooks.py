# Calls one hook of a build backend: hooks.py requires|wheel TREE BACKEND OUT PATH SETTINGS.
# The hook runs in a process of its own; its result goes to the file OUT ends in.
import json
import sys

from pip._vendor.pyproject_hooks import BuildBackendHookCaller

what, tree, backend, out, path, settings = sys.argv[1:]
hooks = BuildBackendHookCaller(tree, backend, backend_path=json.loads(path) or None)
settings = json.loads(settings) or None
if what == "requires":
    with open(out, "w") as f:
        json.dump(hooks.get_requires_for_build_wheel(settings), f)
else:
    hooks.build_wheel(out, settings)

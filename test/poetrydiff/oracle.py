"""Runs Poetry's own command line for many cases in one process.

Reads a JSON object a line from stdin and answers with one a line on stdout:
  {"dir": folder of the project, "venv": the environment that is installed into,
   "args": ["install", "--dry-run", …], "env": {"POETRY_…": "…"}, "files": true}
  {"status": exit status, "output": what Poetry said, "groups": […], "extras": […],
   "packages": [{"name", "version", "source", "file"}]}
The packages are the installations that Poetry's installer is about to execute; "files"
adds the file that its chooser takes of each.
"""

import json
import os
import sys

import poetry.config.config
from cleo.io.inputs.argv_input import ArgvInput
from cleo.io.outputs.buffered_output import BufferedOutput
from poetry.console.application import Application
from poetry.installation.installer import Installer

answer = {}
wanted = {}

only_groups = Installer.only_groups
execute = Installer._execute


def remember_groups(self, groups):
    answer["groups"] = sorted(groups)
    return only_groups(self, groups)


def remember_operations(self, operations):
    answer["extras"] = sorted(self._extras)
    answer["packages"] = [
        describe(self, op.package) for op in operations if op.job_type == "install" and not op.skipped
    ]
    return execute(self, operations)


def describe(installer, package):
    link = None
    if wanted["files"] and package.source_type in (None, "legacy"):
        link = installer.executor._chooser.choose_for(package)
    return {
        "name": package.name,
        "version": str(package.version),
        "source": source(package),
        "file": link.filename if link else "",
    }


def source(package):
    match package.source_type:
        case None:
            return ""
        case "legacy":
            return package.source_reference
        case "git":
            return f"git+{package.source_url}@{package.source_resolved_reference}"
        case "url":
            return package.source_url
    return package.source_type + ":" + os.path.relpath(package.source_url, wanted["dir"])


Installer.only_groups = remember_groups
Installer._execute = remember_operations
surroundings = dict(os.environ)

for line in sys.stdin:
    wanted = json.loads(line)
    answer = {}
    os.environ.clear()
    os.environ.update(surroundings | wanted["env"] | {"VIRTUAL_ENV": wanted["venv"]})
    os.chdir(wanted["dir"])
    poetry.config.config._default_config = None
    app = Application()
    app.auto_exits(False)
    app.catch_exceptions(True)
    out, err = BufferedOutput(), BufferedOutput()
    answer["status"] = app.run(ArgvInput(["poetry", *wanted["args"]]), out, err)
    answer["output"] = out.fetch() + err.fetch()
    print(json.dumps(answer), flush=True)

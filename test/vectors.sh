#!/usr/bin/env bash
# Asks the oracles for every vector file again, and says which changed: test/vectors.sh PYTHON
# PYTHON has what test/tools/poetry/requirements.txt pins: Poetry, poetry-core, packaging, installer.
set -euo pipefail
cd "$(dirname "$0")/.."
export PYTHONPATH=test/tools/poetry PYTHONDONTWRITEBYTECODE=1 PYTHONHASHSEED=0
for script in internal/*/*/testdata/generate*.py; do
  "$1" "$script"
done
git status --short -- 'internal/*/*/testdata'

#!/usr/bin/env bash
# Compiles requirements/dev.txt from pyproject.toml, and the images' pins from it; what still fits
# stays. Takes minutes. `lock.sh --upgrade` takes the latest of everything.
set -euo pipefail

scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
checkout=$(dirname "$scripts")
# shellcheck source=say.sh
. "$scripts/say.sh"

tool=$(mktemp -d "${TMPDIR:-/tmp}/lab-lock.XXXXXX")
trap 'rm -rf "$tool"' EXIT

cd "$checkout"
step "fetching pip-tools into a folder of its own"
.venv/bin/python -m venv "$tool"
"$tool/bin/python" -m pip install -q --disable-pip-version-check pip-tools
.venv/bin/python scripts/lock_inputs.py >requirements/dev.in
step "compiling requirements/dev.txt (some minutes)"
"$tool/bin/pip-compile" --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
  --no-annotate --no-emit-index-url --no-emit-trusted-host --no-emit-find-links "$@" \
  --output-file requirements/dev.txt requirements/dev.in
.venv/bin/python scripts/image_locks.py

#!/usr/bin/env bash
# Makes or refreshes .venv with the locked packages and the lab itself; installs nothing when neither
# the lock nor pyproject.toml has changed since.
set -euo pipefail

scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
checkout=$(dirname "$scripts")
# shellcheck source=say.sh
. "$scripts/say.sh"
# shellcheck source=python.sh
. "$scripts/python.sh"

lock=$checkout/requirements/dev.txt
venv=$checkout/.venv
stamp=$venv/lab-setup.sha256
log=$venv/lab-setup.log

fingerprint() {
  (cd "$checkout" && sha256sum requirements/dev.txt pyproject.toml)
}

is_fresh() {
  [ -r "$stamp" ] && [ "$(cat "$stamp")" = "$(fingerprint)" ] && python_is_enough "$venv/bin/python"
}

make_venv() {
  local python
  python_is_enough "$venv/bin/python" && return 0
  python=$(choose_python)
  step "making .venv with $("$python" --version)"
  "$python" -m venv --clear "$venv"
}

# Shows that pip moves: a line for every tenth package that it takes up.
count_packages() {
  awk -v all="$(grep -c '==' "$lock")" -v log_file="$log" \
    '{ print >>log_file } /^Collecting / && ++n % 10 == 0 { print "lab:   " n " of " all; fflush() }' >&2
}

pip_install() {
  : >"$log"
  "$venv/bin/python" -m pip install --disable-pip-version-check --progress-bar off "$@" 2>&1 </dev/null |
    count_packages && return 0
  tail -n 15 "$log" >&2
  problem "\`pip install $*\` failed" "$log" "read its last lines above, mend the cause, run \`make setup\` again"
}

# Python does it by itself at the first use, but not where PYTHONDONTWRITEBYTECODE is set, and there
# each start would compile every module again.
compile_modules() {
  "$venv/bin/python" -m compileall -q "$checkout/lab" "$checkout/probes"
}

trap 'exit 130' INT

main() {
  is_fresh && { compile_modules; return 0; }
  make_venv
  rm -f "$stamp"
  step "installing $(grep -c '==' "$lock") locked Python packages into .venv (about a minute)"
  pip_install --require-hashes -r "$lock"
  step "installing the lab into .venv"
  pip_install --no-deps --no-build-isolation -e "$checkout"
  compile_modules
  fingerprint >"$stamp"
  step ".venv is ready in $SECONDS s"
}

main

#!/usr/bin/env bash
# Removes labs, also on a machine where there is nothing to remove them with, because it has none.
set -euo pipefail

scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
lab=$(dirname "$scripts")/.venv/bin/lab
# shellcheck source=say.sh
. "$scripts/say.sh"

if ! command -v docker >/dev/null; then
  step "there is no docker on this machine, so no lab is on it"
  exit 0
fi
[ -x "$lab" ] || problem "the lab is not set up in this checkout" "$lab does not exist" \
  "\`make setup\`, then \`make lab-down\`"
exec "$lab" down "$@"

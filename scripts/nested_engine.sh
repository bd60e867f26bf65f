#!/usr/bin/env bash
# Kills an engine under a lab, kills the prober, and fills the disk: in a nested engine whose storage
# is a tmpfs, never in this machine's own. Prints a row a trial; exits with 1 when something is left.
#
# The container that the engine runs in has nearly every right on this machine, runs nothing but the
# engine and the trials, and goes at the end. Needs mmdebstrap, and a lab that was up here before.
set -euo pipefail
# shellcheck source=nested.sh
. "$(dirname "$0")/nested.sh"
checkout=$(cd "$(dirname "$0")/.." && pwd)
python=${PYTHON:-$checkout/.venv/bin/python}
name=lab-nested-$$

remove() {
  docker rm --force "$name" >/dev/null 2>&1 || true
  docker rmi "$name" >/dev/null 2>&1 || true
}
trap remove EXIT

make_image() {
  local packages=docker.io,python3,iptables,procps
  mmdebstrap --variant=essential --include=$packages bookworm - 2>/dev/null |
    docker import --change 'CMD ["sleep", "infinity"]' - "$name" >/dev/null
}

start_container() {
  local base environment rights
  base=$("$python" -c 'import sys; print(sys.base_prefix)')
  environment=$("$python" -c 'import sys; print(sys.prefix)')
  mapfile -t rights < <(nested_rights "$name")
  docker run --detach --name "$name" "${rights[@]}" \
    --tmpfs /var/lib/docker:size=3g,exec,dev,suid --tmpfs /run:size=200m,exec \
    --volume "$base:$base:ro" --volume "$environment:$environment:ro" \
    --volume "$checkout:$checkout:ro" "$name" >/dev/null
  docker exec "$name" python3 -c "$remount_cgroups"
}

images() {
  cd "$checkout"
  PYTHONPATH=$checkout "$python" - <<'PYTHON'
from lab.launch.contexts import Context
from lab.launch.recipes import read_recipe

_, base = read_recipe("base")
print(base, read_recipe("mysql")[1], *(Context(name, base).tag for name in ("prober", "stand-in")))
PYTHON
}

inside() {
  docker exec --interactive --env "PYTHON=$python" --env "PYTHONPATH=$checkout" \
    --env LAB_PURPOSE=test "$name" "$@"
}

make_image
start_container
inside bash "$checkout/scripts/nested_trials.sh" start
read -ra tags <<<"$(images)"
docker save "${tags[@]}" | inside docker load >/dev/null
inside bash "$checkout/scripts/nested_trials.sh"

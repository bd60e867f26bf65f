#!/usr/bin/env bash
# Gives this machine what the lab stands on: `machine.sh python` a Python that can make a virtual
# environment, `machine.sh engine` a Docker Engine that answers, with its plugins; or both.
# It lists what is missing in one line and installs only that; LAB_INSTALL=no lists and stops.
set -euo pipefail

scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=say.sh
. "$scripts/say.sh"
# shellcheck source=privilege.sh
. "$scripts/privilege.sh"
# shellcheck source=debian.sh
. "$scripts/debian.sh"
# shellcheck source=python.sh
. "$scripts/python.sh"
# shellcheck source=dockerd.sh
. "$scripts/dockerd.sh"
# shellcheck source=engine.sh
. "$scripts/engine.sh"

packages=()
plugins=()
engine=none

look_for_python() {
  local python
  python_is_enough "$scripts/../.venv/bin/python" && return 0
  python=$(choose_python)
  can_make_venv "$python" && return 0
  case "$(readlink -f "$python")" in
    /usr/bin/*) packages+=("$(venv_package "$python")") ;;
    *) problem "this Python has no \`venv\` and no \`ensurepip\`" "$python" \
      "reinstall it with both, or take it out of PATH" ;;
  esac
}

look_for_engine() {
  local plugin
  engine=$(engine_state)
  if [ "$engine" = missing ]; then
    read -ra packages <<<"${packages[*]} $(engine_packages)"
  fi
  if needs_image_builder "$engine"; then packages+=(mmdebstrap); fi
  for plugin in compose buildx; do
    has_plugin "$plugin" && continue
    if plugins_are_packaged; then packages+=("$(plugin_package "$plugin")"); else plugins+=("$plugin"); fi
  done
}

missing_things() {
  local things="${packages[*]}"
  [ ${#plugins[@]} = 0 ] ||
    things+="${things:+, }docker plugins ${plugins[*]} (from the next release, into $(plugin_folder))"
  printf '%s' "$things"
}

# Asked before the first change, so that nobody is left with half of it.
require_root_for_all() {
  if [ ${#packages[@]} != 0 ]; then require_root "installing packages"; fi
  if [ "$engine" = stopped ]; then require_root "starting the Docker Engine"; fi
}

install_missing() {
  local missing
  missing=$(missing_things)
  [ -n "$missing" ] || return 0
  step "to be installed: $missing"
  [ "${LAB_INSTALL:-}" != no ] || problem "something is missing and LAB_INSTALL=no" "$missing" \
    "install it yourself, or run again without LAB_INSTALL=no"
  is_debian_like || problem "this system's packages are unknown to the lab" \
    "$(os_release ID) (/etc/os-release)" "install yourself: Docker Engine with its compose and buildx plugins, Python 3.11 with venv"
  require_root_for_all
  if [ ${#packages[@]} != 0 ]; then install_packages "${packages[@]}"; fi
  if [ ${#plugins[@]} != 0 ]; then unpack_plugins "${plugins[@]}"; fi
}

main() {
  local wanted
  for wanted in "$@"; do
    case $wanted in
      python) look_for_python ;;
      engine) look_for_engine ;;
      *) problem "unknown part \`$wanted\`" "$0" "say \`python\`, \`engine\` or both" ;;
    esac
  done
  install_missing
  case $engine in stopped | missing) start_engine ;; esac
}

main "$@"

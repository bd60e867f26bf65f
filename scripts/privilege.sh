# shellcheck shell=bash
# Runs a command as root; sudo only where somebody can answer it or has said yes beforehand.

may_become_root() {
  [ "$(id -u)" = 0 ] && return 0
  command -v sudo >/dev/null || return 1
  [ -t 0 ] || [ "${LAB_INSTALL:-}" = yes ]
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif [ -t 0 ]; then
    sudo "$@"
  else
    sudo -n "$@"
  fi
}

require_root() {
  local why="no terminal to ask for sudo's password"
  may_become_root && return 0
  command -v sudo >/dev/null || why="no sudo"
  problem "$1 needs root" "user $(id -un), $why" \
    "run it as root or in a terminal, or set LAB_INSTALL=yes to let sudo be used without asking"
}

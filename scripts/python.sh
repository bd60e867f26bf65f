# shellcheck shell=bash
# Chooses the Python that the lab's virtual environment is made of.

python_is_enough() {
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

# Prints the first Python that is new enough.
choose_python() {
  local candidate
  for candidate in python3.13 python3.12 python3.11 python3; do
    if python_is_enough "$candidate"; then
      command -v "$candidate"
      return 0
    fi
  done
  problem "no Python 3.11 or later" "python3.13, python3.12, python3.11 and python3 in PATH" \
    "install one (Debian 12 and later, Ubuntu 24.04 and later package it as python3)"
}

can_make_venv() {
  "$1" -c 'import ensurepip, venv' >/dev/null 2>&1
}

# Debian splits venv off; its package is named after the minor version, whatever the default is.
venv_package() {
  "$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'
}

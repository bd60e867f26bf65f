# shellcheck shell=bash
# What a person sees: steps as they happen and errors of three lines, both on stderr.

step() {
  printf '%s\n' "lab: $*" >&2
}

# One fault: what is wrong, where it was seen, how to mend it. Ends the script.
problem() {
  printf 'error: %s\n   at: %s\n hint: %s\n' "$1" "$2" "$3" >&2
  exit 1
}

first_line() {
  local line
  IFS= read -r line <<<"$1" || true
  printf '%s' "$line"
}

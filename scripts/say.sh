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

# The first line of a complaint that says anything; docker's begin with an empty one.
first_line() {
  awk 'NF { print; exit }' <<<"$1"
}

# shellcheck shell=bash
# Removes what tests left on the engine: every object of a lab whose folder lies below a given one.
# It asks docker alone, so that it works when nothing else does.

objects_below() {
  local folder=$1
  shift
  "$@" --filter label=apim-lab.folder </dev/null |
    awk -v folder="$folder/" 'index($2, folder) == 1 { print $1 }'
}

remove_each() {
  local found=$1
  shift
  [ -z "$found" ] || xargs "$@" <<<"$found"
}

# Prints what it removed. Networks go last: they can't while a container is on them.
remove_leftovers() {
  local label='{{.Label "apim-lab.folder"}}' found
  found=$(objects_below "$1" docker ps -a --format "{{.Names}} $label")
  remove_each "$found" docker rm -f -v
  found=$(objects_below "$1" docker volume ls --format "{{.Name}} $label")
  remove_each "$found" docker volume rm -f
  found=$(objects_below "$1" docker network ls --format "{{.Name}} $label")
  remove_each "$found" docker network rm
}

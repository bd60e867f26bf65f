# shellcheck shell=bash
# Tells apart the ways in which a Docker Engine is there, is not there, or is somebody else's.

# Prints `answers`, `stopped` (installed here) or `missing`; ends with an error for everything that
# an installation would not mend.
engine_state() {
  local answer
  [ "$(uname -s)" = Linux ] || problem "this is not Linux" "uname -s: $(uname -s)" \
    "start Docker Desktop or another engine, then call the lab's verbs directly"
  if ! command -v docker >/dev/null; then
    refuse_remote_without_client
    refuse_podman_alone
    echo missing
    return 0
  fi
  refuse_podman "$(docker --version 2>&1 </dev/null || true)" "docker --version"
  if answer=$(ask_engine); then
    refuse_podman "$answer" "docker version"
    echo answers
  else
    silent_engine "$answer"
  fi
}

silent_engine() {
  refuse_elsewhere "$1"
  case $1 in
    *[Pp]ermission\ denied*) problem "no permission on the engine's socket" "$(first_line "$1")" \
      "\`sudo usermod -aG docker $(id -un)\`, log in again; or run as root" ;;
  esac
  if dockerd_path >/dev/null; then echo stopped; else echo missing; fi
}

# An engine that somebody pointed at is not replaced by one of ours.
refuse_elsewhere() {
  local context
  [ -z "${DOCKER_HOST:-}" ] || problem "the engine that DOCKER_HOST names does not answer" \
    "DOCKER_HOST=$DOCKER_HOST: $(first_line "$1")" \
    "start that engine, or \`unset DOCKER_HOST\` to use this machine's own"
  context=$(docker context inspect --format '{{.Name}}' 2>/dev/null </dev/null || true)
  case $context in
    '' | default) ;;
    *) problem "the engine of docker context \`$context\` does not answer" "$(first_line "$1")" \
      "start that engine, or \`docker context use default\` to use this machine's own" ;;
  esac
}

refuse_remote_without_client() {
  [ -z "${DOCKER_HOST:-}" ] || problem "DOCKER_HOST is set, but there is no docker client" \
    "DOCKER_HOST=$DOCKER_HOST" "install the docker client, or \`unset DOCKER_HOST\`"
}

refuse_podman() {
  case $1 in
    *[Pp]odman*) problem "this is Podman, and the lab needs a Docker Engine" "$2: $(first_line "$1")" \
      "remove \`podman-docker\` or unset DOCKER_HOST, and install Docker Engine beside Podman" ;;
  esac
}

refuse_podman_alone() {
  ! command -v podman >/dev/null || problem "there is Podman and no Docker Engine" \
    "$(command -v podman)" "install Docker Engine beside it yourself (Debian: \`apt-get install docker.io\`)"
}

has_plugin() {
  if command -v docker >/dev/null; then
    docker "$1" version >/dev/null 2>&1 </dev/null
  else
    [ -x "$(plugin_folder)/docker-$1" ]
  fi
}

# Images are built from packages only where none can be pulled: a pull that works needs no builder.
needs_image_builder() {
  local image
  ! command -v mmdebstrap >/dev/null && is_debian_like || return 1
  [ "$1" = answers ] || return 0
  # shellcheck disable=SC2154 # set by machine.sh
  image=$(sed -n 's/^pull = "\(.*\)"$/\1/p' "$scripts/../images/base/image.toml")
  [ -z "$(docker image ls -q "$image" </dev/null)" ] || return 1
  step "asking the registry for $image"
  ! timeout 300 docker pull -q "$image" >/dev/null 2>&1 </dev/null
}

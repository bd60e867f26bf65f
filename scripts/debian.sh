# shellcheck shell=bash
# Debian and Ubuntu packages: installing them, and taking the docker plugins out of them.

# Prints one field of os-release, in a shell of its own so that its names stay there.
os_release() {
  (
    unset ID VERSION_CODENAME
    # shellcheck source=/dev/null
    [ -r "${LAB_OS_RELEASE:-/etc/os-release}" ] && . "${LAB_OS_RELEASE:-/etc/os-release}"
    printf '%s' "${!1:-}"
  )
}

is_debian_like() {
  case "$(os_release ID)" in debian | ubuntu) command -v apt-get >/dev/null ;; *) return 1 ;; esac
}

# Debian 12 packages compose v1 only, and no buildx; both come from the release after it.
plugins_are_packaged() {
  [ "$(os_release VERSION_CODENAME)" != bookworm ]
}

engine_packages() {
  case "$(os_release ID)-$(os_release VERSION_CODENAME)" in
    ubuntu-* | debian-bookworm) echo docker.io ;;
    *) echo docker.io docker-cli ;;
  esac
}

plugin_package() {
  case "$(os_release ID)-$1" in
    ubuntu-compose) echo docker-compose-v2 ;;
    *) echo "docker-$1" ;;
  esac
}

# Says every few seconds where a command has got to, until it is killed or the script is gone.
watch_log() {
  local line
  # The read is a pause without a child process that would outlive this one.
  while ! read -r -t 5 <> <(:) && kill -0 $$ 2>/dev/null; do
    line=$(tail -n 1 "$1")
    step "  ${line:0:90}"
  done
}

# Runs a command with its output in a log file; the log is shown only when the command fails.
logged() {
  local log watcher code=0
  log=$(mktemp "${TMPDIR:-/tmp}/lab-install.XXXXXX")
  watch_log "$log" &
  watcher=$!
  "$@" >"$log" 2>&1 </dev/null || code=$?
  kill "$watcher"
  wait "$watcher" 2>/dev/null || true
  if [ "$code" = 0 ]; then
    rm -f "$log"
    return 0
  fi
  tail -n 15 "$log" >&2
  problem "\`$*\` failed" "$log" "read the log, mend the package system, run the same command again"
}

apt_as_root() {
  logged as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@"
}

install_packages() {
  local started=$SECONDS
  step "reading the package lists"
  apt_as_root update
  step "installing $*"
  apt_as_root install --no-install-recommends "$@"
  step "installed in $((SECONDS - started)) s"
}

# The mirror this machine itself uses for its own release.
own_mirror() {
  # shellcheck disable=SC2016 # apt-get's own fields
  apt-get indextargets --format '$(CREATED_BY) $(COMPONENT) $(RELEASE) $(SITE)' |
    awk -v release="$(os_release VERSION_CODENAME)" \
      '$1 == "Packages" && $2 == "main" && $3 == release { print $4; exit }'
}

# apt-get on a state of its own: neither the machine's lists nor its packages are touched.
apt_apart() {
  local state=$1
  shift
  logged env APT_CONFIG="$state/apt.conf" apt-get -q "$@"
}

# The hooks are cleared because they would report to, or clean, the machine's own state.
write_apt_config() {
  cat >"$1/apt.conf" <<CONFIG
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
APT::Sandbox::User "root";
Dir::State "$1/state";
Dir::State::status "$1/status";
Dir::Cache "$1/cache";
Dir::Etc::sourcelist "$1/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
CONFIG
}

new_apt_state() {
  local state=$1 mirror keyring=/usr/share/keyrings/debian-archive-keyring.gpg signed=''
  mirror=$(own_mirror)
  [ -n "$mirror" ] || problem "no package mirror for $(os_release VERSION_CODENAME) is configured" \
    "apt-get indextargets" "add your distribution's main archive to /etc/apt, run \`apt-get update\`"
  [ -r "$keyring" ] && signed="[signed-by=$keyring] "
  mkdir -p "$state/state/lists/partial" "$state/cache/archives/partial"
  : >"$state/status"
  echo "deb ${signed}${mirror} trixie main" >"$state/sources.list"
  write_apt_config "$state"
}

plugin_folder() {
  printf '%s' "${DOCKER_CONFIG:-$HOME/.docker}/cli-plugins"
}

# Unpacks docker plugins out of the next release's packages into the user's plugin folder.
unpack_plugins() (
  state=$(mktemp -d "${TMPDIR:-/tmp}/lab-plugins.XXXXXX")
  trap 'rm -rf "$state"' EXIT
  step "fetching the docker plugins $* from the next release's packages"
  new_apt_state "$state"
  apt_apart "$state" update
  mkdir -p "$(plugin_folder)"
  for plugin in "$@"; do
    (cd "$state" && apt_apart "$state" download "docker-$plugin")
    dpkg-deb -x "$state/docker-$plugin"_*.deb "$state/$plugin"
    found=$(find "$state/$plugin" -path '*cli-plugins*' -name "docker-$plugin" -type f | head -n 1)
    install -m 0755 "$found" "$(plugin_folder)/docker-$plugin"
  done
)

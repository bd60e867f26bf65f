# shellcheck shell=bash
# The engine's own process: is it answering, and starting it where it is ours to start.

LAB_ENGINE_LOG=${LAB_ENGINE_LOG:-/var/log/docker.log}
LAB_ENGINE_PID=${LAB_ENGINE_PID:-/var/run/docker.pid}

# Prints the components of the engine that the client reaches, or the client's complaint.
ask_engine() {
  timeout "${LAB_ENGINE_TIMEOUT:-20}" docker version \
    --format '{{range .Server.Components}}{{.Name}} {{end}}' 2>&1 </dev/null
}

dockerd_path() {
  PATH=$PATH:${LAB_SBIN:-/usr/sbin:/sbin} command -v dockerd
}

dockerd_runs() {
  local pid
  pid=$(cat "$LAB_ENGINE_PID" 2>/dev/null) || return 1
  # A daemon that ended and that nobody has waited for yet has no command line any more.
  grep -qa dockerd "/proc/$pid/cmdline" 2>/dev/null
}

# A daemon in a session of its own that holds none of the caller's files: nothing waits for it.
# It runs itself again for each network end and each archive that it makes, some twenty times a
# lab; with Go's usual 100 a third of each such run is looking for garbage, with 400 none is.
launch_dockerd() {
  # shellcheck disable=SC2016 # expanded by the inner shell, as root
  as_root setsid --fork bash -c '
    exec </dev/null >>"$1" 2>&1
    for fd in /proc/self/fd/*; do
      fd=${fd##*/}
      [ "$fd" -le 2 ] || eval "exec $fd>&-"
    done
    GOGC=${GOGC:-400} exec "$0"' "$(dockerd_path)" "$LAB_ENGINE_LOG"
}

wait_for_engine() {
  local deadline=$((SECONDS + ${LAB_ENGINE_WAIT:-60}))
  until ask_engine >/dev/null; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.2
  done
}

start_engine() {
  require_root "starting the Docker Engine"
  step "starting the Docker Engine"
  if [ -d /run/systemd/system ]; then
    as_root systemctl start docker
  elif ! dockerd_runs; then
    launch_dockerd "$LAB_ENGINE_LOG"
  fi
  wait_for_engine && return 0
  tail -n 10 "$LAB_ENGINE_LOG" >&2 || true
  problem "the Docker Engine does not answer after ${LAB_ENGINE_WAIT:-60} s" "$LAB_ENGINE_LOG" \
    "read its last lines above (or \`journalctl -u docker\`), mend the cause, run the same command again"
}

# Ends the daemon and waits until it is gone (bounded); containers end with it.
stop_engine() {
  local deadline=$((SECONDS + 30))
  if [ -d /run/systemd/system ]; then
    as_root systemctl stop docker.socket docker
  else
    as_root kill -TERM "$(cat "$LAB_ENGINE_PID")"
  fi
  while dockerd_runs && [ "$SECONDS" -lt "$deadline" ]; do sleep 0.2; done
}

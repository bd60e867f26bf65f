#!/usr/bin/env bash
# Runs in the nested engine's own container, called by nested_engine.sh and by nobody else: it kills
# the engine and fills its storage.
set -uo pipefail
[ "$(cat /proc/1/comm)" = sleep ] || exit 2 # not in that container
storage=/var/lib/docker
topology=km-tm-separated
bad=0
mkdir -p /trials && cd /trials || exit 2

lab() { "$PYTHON" -m lab "$@"; }

start_engine() {
  rm -f /var/run/docker.pid /var/run/docker/containerd/containerd.pid
  (setsid dockerd --storage-driver overlay2 </dev/null >>/var/log/dockerd.log 2>&1 &)
  for _ in $(seq 120); do
    docker version >/dev/null 2>&1 && return
    sleep 0.5
  done
  echo "the engine does not start" && exit 2
}

kill_engine() {
  pkill -KILL -x dockerd
  pkill -KILL -x containerd
  sleep 1
}

row() { printf '| %s | %s | %s |\n' "$@"; }

# judge LAB TRIAL SAID: nothing may be there any more
judge() {
  local kind found=""
  for kind in "ps --all" "network ls" "volume ls"; do
    # shellcheck disable=SC2086 # a command and its option
    found+=$(docker $kind --quiet --filter "label=apim-lab.lab=$1")
  done
  [ -e ".lab/$1" ] && found+=" folder"
  [ -z "$found" ] || bad=1
  row "$2" "$3" "${found:-nothing}"
}

# begin LAB STEP: a start in the background, up to a line of its progress
begin() {
  lab up $topology --name "$1" --timeout 60 </dev/null >"$1.log" 2>&1 &
  for _ in $(seq 1200); do
    grep -q "$2" "$1.log" && return
    sleep 0.05
  done
}

last_error() { grep -m1 '^error:' "$1.log" | cut -c1-120; }

fill() {
  local free
  free=$(df --output=avail -k $storage | tail -1)
  dd if=/dev/zero of=$storage/fill bs=1M count=$((free / 1024 - $1)) 2>/dev/null
}

kill_engine_in_up() {
  begin killed "$1"
  local starting=$!
  kill_engine
  wait $starting
  start_engine
  lab gc killed >/dev/null 2>&1
  judge killed "engine killed at '$1', then gc" "$(last_error killed)"
}

kill_prober_in_up() {
  begin blind "$1"
  local starting=$!
  docker kill lab-blind-prober >/dev/null
  wait $starting
  judge blind "prober killed at '$1'" "$(last_error blind)"
}

restart_under_a_lab() {
  lab up $topology --name restarted >/dev/null 2>&1
  kill_engine
  start_engine
  local seen
  seen=$(lab status restarted | grep -c '^LAB0201')
  for member in db cp gw tm km; do lab start $member --name restarted 2>/dev/null; done
  sleep 3
  lab status restarted >/dev/null || { bad=1 && seen+=", not healthy when started again"; }
  lab down restarted 2>/dev/null
  judge restarted "engine restarted under a lab, members started again, down" "$seen members told"
}

full_disk() {
  fill "$1"
  lab up $topology --name full --timeout 30 >full.log 2>&1
  judge full "up with $1 MiB free" "$(last_error full)"
  rm -f $storage/fill
}

full_under_a_lab() {
  lab up $topology --name filled >/dev/null 2>&1
  fill 0
  dd if=/dev/zero of=$storage/rest bs=4k 2>/dev/null
  lab down filled >filled.log 2>&1
  judge filled "disk full under a lab, down" "$(tail -1 filled.log)"
  rm -f $storage/fill $storage/rest
}

if [ "${1:-}" = start ]; then
  start_engine
  exit
fi
row trial said left
row --- --- ---
restart_under_a_lab
for step in creating "starting cp" "node gw running"; do kill_engine_in_up "$step"; done
for step in "starting km" "node gw running" "complete, "; do kill_prober_in_up "$step"; done
for free in 4 14 30; do full_disk $free; done
full_under_a_lab
exit $bad

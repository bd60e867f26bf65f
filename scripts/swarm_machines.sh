#!/usr/bin/env bash
# Machines of a swarm on one machine: `swarm_machines.sh up NAME N` starts N engines, each in a
# container with nearly every right, joins them to one swarm and prints a line a machine: its name and
# its host. `swarm_machines.sh down NAME` removes them. Needs mmdebstrap for the first start.
#
# Ends with 77 and the reason on a machine that can't have engines in containers.
# Their engines listen without TLS on the outer engine's bridge, where this machine alone reaches
# them: for tests, never for a network that anybody else is in.
set -euo pipefail
packages=docker.io,python3,iptables,procps
image=lab-swarm-machine:$(echo "$packages" | sha256sum | cut -c1-12)

cannot() {
  echo "$1" >&2
  exit 77
}

ensure_image() {
  docker image inspect "$image" >/dev/null 2>&1 && return
  command -v mmdebstrap >/dev/null || cannot "mmdebstrap is missing: it makes their image"
  mmdebstrap --variant=essential --include=$packages bookworm - 2>/dev/null |
    docker import - "$image" >/dev/null
}

# A pid file of a killed engine keeps the next one from starting. The storage is a volume: a machine
# that is stopped and started again is the same member of its swarm. Its control groups are mounted
# read-only, and a system this small has no `mount`.
start_machine() {
  docker run --detach --name "$1" --hostname "$1" --label lab-swarm-machine="$2" \
    --cap-add ALL --cap-drop SYS_RESOURCE --security-opt seccomp=unconfined \
    --security-opt apparmor=unconfined --security-opt systempaths=unconfined \
    --device-cgroup-rule 'a *:* rwm' --cgroupns=private \
    --volume /var/lib/docker --tmpfs /run:size=200m,exec "$image" sh -c '
      python3 -c "
import ctypes
import os

REMOUNT_WRITABLE = 32 | 4096 | 2 | 4 | 8  # MS_REMOUNT, MS_BIND, MS_NOSUID, MS_NODEV, MS_NOEXEC
for name in os.listdir(\"/sys/fs/cgroup\"):
    path = f\"/sys/fs/cgroup/{name}\".encode()
    ctypes.CDLL(None).mount(b\"none\", path, None, REMOUNT_WRITABLE, None)
"
      rm -f /var/run/docker.pid /var/run/docker/containerd/containerd.pid
      exec dockerd --storage-driver overlay2 --host unix:///var/run/docker.sock \
        --host tcp://0.0.0.0:2375 --tls=false >/var/log/dockerd.log 2>&1' >/dev/null
}

address_of() {
  docker inspect --format '{{.NetworkSettings.IPAddress}}' "$1"
}

wait_for() {
  for _ in $(seq 240); do
    docker exec "$1" docker version >/dev/null 2>&1 && return
    sleep 0.25
  done
  cannot "the engine of $1 does not start: $(docker exec "$1" tail -5 /var/log/dockerd.log)"
}

up() {
  local name=$1 count=$2 index machine token
  ensure_image
  for index in $(seq "$count"); do
    start_machine "$name-$index" "$name" || cannot "a container with all rights does not start"
  done
  for index in $(seq "$count"); do wait_for "$name-$index"; done
  docker exec "$name-1" docker swarm init --advertise-addr "$(address_of "$name-1")" >/dev/null
  token=$(docker exec "$name-1" docker swarm join-token --quiet worker)
  for index in $(seq "$count"); do
    machine=$name-$index
    [ "$index" = 1 ] ||
      docker exec "$machine" docker swarm join --token "$token" "$(address_of "$name-1"):2377" \
        >/dev/null
    echo "$machine tcp://$(address_of "$machine"):2375"
  done
}

down() {
  docker ps --all --quiet --filter "label=lab-swarm-machine=$1" |
    xargs --no-run-if-empty docker rm --force --volumes >/dev/null
}

case ${1:-} in
up) up "$2" "${3:-2}" ;;
down) down "$2" ;;
*) sed -n '2,4s/^# //p' "$0" && exit 2 ;;
esac

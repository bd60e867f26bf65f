#!/usr/bin/env bash
# Machines of a swarm on one machine: `swarm_machines.sh up NAME N [MANAGERS]` starts N engines, each
# in a container with nearly every right, joins them to one swarm whose first MANAGERS (1) manage it,
# and prints a line a machine: its name and its host. `swarm_machines.sh down NAME` removes them.
# Needs mmdebstrap for the first start.
#
# Ends with 77 and the reason on a machine that can't have engines in containers.
# Their engines listen without TLS on a bridge of the outer engine, where this machine alone reaches
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

# Managers know each other by address: a machine that comes back must have the one that it had, and
# an engine keeps addresses only in a network whose subnet was asked for.
make_network() {
  local subnet
  docker network create "$1" >/dev/null
  subnet=$(docker network inspect --format '{{(index .IPAM.Config 0).Subnet}}' "$1")
  docker network rm "$1" >/dev/null
  docker network create --label "lab-swarm-machine=$1" --subnet "$subnet" "$1" >/dev/null
  echo "${subnet%.*}"
}

# A pid file of a killed engine keeps the next one from starting. The storage is a volume: a machine
# that is stopped and started again is the same member of its swarm. Its control groups are mounted
# read-only, and a system this small has no `mount`.
start_machine() {
  docker run --detach --name "$1" --hostname "$1" --label lab-swarm-machine="$2" \
    --network "$2" --ip "$3" \
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

wait_for() {
  for _ in $(seq 240); do
    docker exec "$1" docker version >/dev/null 2>&1 && return
    sleep 0.25
  done
  cannot "the engine of $1 does not start: $(docker exec "$1" tail -5 /var/log/dockerd.log)"
}

up() {
  local name=$1 count=$2 managers=$3 index role token base first
  ensure_image
  base=$(make_network "$name")
  first=$base.11
  for index in $(seq "$count"); do
    start_machine "$name-$index" "$name" "$base.$((10 + index))" ||
      cannot "a container with all rights does not start"
  done
  for index in $(seq "$count"); do wait_for "$name-$index"; done
  docker exec "$name-1" docker swarm init --advertise-addr "$first" >/dev/null
  for index in $(seq 2 "$count"); do
    role=worker
    [ "$index" -gt "$managers" ] || role=manager
    token=$(docker exec "$name-1" docker swarm join-token --quiet "$role")
    docker exec "$name-$index" docker swarm join --token "$token" "$first:2377" >/dev/null
  done
  for index in $(seq "$count"); do echo "$name-$index tcp://$base.$((10 + index)):2375"; done
}

down() {
  docker ps --all --quiet --filter "label=lab-swarm-machine=$1" |
    xargs --no-run-if-empty docker rm --force --volumes >/dev/null
  docker network ls --quiet --filter "label=lab-swarm-machine=$1" |
    xargs --no-run-if-empty docker network rm >/dev/null
}

case ${1:-} in
up) up "$2" "${3:-2}" "${4:-1}" ;;
down) down "$2" ;;
*) sed -n '2,5s/^# //p' "$0" && exit 2 ;;
esac

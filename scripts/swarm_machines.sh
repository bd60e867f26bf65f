#!/usr/bin/env bash
# Machines of a swarm on one machine: `swarm_machines.sh up NAME N [MANAGERS [FOLDER]]` starts N
# engines, each in a container with nearly every right, joins them to one swarm whose first MANAGERS
# (1) manage it, and prints a line a machine: its name and its host. With a FOLDER the last one is
# behind TLS, and the folder gets the certificates to reach it with (by openssl).
# `swarm_machines.sh down NAME` removes them. Needs mmdebstrap for the first start.
#
# Ends with 77 and the reason on a machine that can't have engines in containers.
# The other engines listen without TLS on a bridge of the outer engine, where this machine alone reaches
# them: for tests, never for a network that anybody else is in.
set -euo pipefail
# shellcheck source=nested.sh
. "$(dirname "$0")/nested.sh"
suite=${LAB_NESTED_SUITE:-bookworm} # the engine's version is that of Debian's suite
packages=docker.io,python3,iptables,procps
[ "$suite" = bookworm ] || packages+=,docker-cli
image=lab-swarm-machine:$suite-$(echo "$packages" | sha256sum | cut -c1-12)

cannot() {
  echo "$1" >&2
  exit 77
}

ensure_image() {
  docker image inspect "$image" >/dev/null 2>&1 && return
  command -v mmdebstrap >/dev/null || cannot "mmdebstrap is missing: it makes their image"
  # A mirror that stands still is older than the newest suites' lists allow.
  if ! mmdebstrap --variant=essential --include=$packages --aptopt='Acquire::Check-Valid-Until "false"' \
    "$suite" - 2>/dev/null | docker import - "$image" >/dev/null; then
    docker rmi "$image" >/dev/null 2>&1 || true
    cannot "mmdebstrap makes no image of $suite"
  fi
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

# signed FOLDER NAME ADDRESS: a key and a certificate, in FOLDER/NAME
signed() {
  mkdir -p "$1/$2"
  cp "$1/ca.pem" "$1/$2"
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$2" \
    -keyout "$1/$2/key.pem" 2>/dev/null |
    openssl x509 -req -CA "$1/ca.pem" -CAkey "$1/ca-key.pem" -CAcreateserial -days 2 \
      -extfile <(printf 'subjectAltName=IP:%s\nextendedKeyUsage=serverAuth,clientAuth' "$3") \
      -out "$1/$2/cert.pem" 2>/dev/null
}

make_certificates() {
  command -v openssl >/dev/null || cannot "openssl is missing: it makes their certificates"
  mkdir -p "$1"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$2" -days 2 \
    -keyout "$1/ca-key.pem" -out "$1/ca.pem" 2>/dev/null
  signed "$1" engine "$3"
  signed "$1" client 127.0.0.1
  mv "$1"/client/*.pem "$1"
}

# A pid file of a killed engine keeps the next one from starting. The storage is a volume: a machine
# that is stopped and started again is the same member of its swarm.
start_machine() {
  local listens="--host tcp://0.0.0.0:2375 --tls=false" shared=()
  if [ -n "$4" ]; then
    listens="--host tcp://0.0.0.0:2376 --tlsverify --tlscacert /tls/ca.pem --tlscert /tls/cert.pem"
    listens+=" --tlskey /tls/key.pem"
    shared=(--volume "$4/engine:/tls:ro")
  fi
  docker run --detach --name "$1" --hostname "$1" --label lab-swarm-machine="$2" \
    --network "$2" --ip "$3" "${shared[@]}" "${rights[@]}" \
    --env listens="$listens" --env remount_cgroups \
    --volume /var/lib/docker --tmpfs /run:size=200m,exec "$image" sh -c '
      python3 -c "$remount_cgroups"
      rm -f /var/run/docker.pid /var/run/docker/containerd/containerd.pid
      exec dockerd --storage-driver overlay2 --host unix:///var/run/docker.sock $listens \
        >/var/log/dockerd.log 2>&1' >/dev/null
}

wait_for() {
  for _ in $(seq 240); do
    docker exec "$1" docker version >/dev/null 2>&1 && return
    sleep 0.25
  done
  cannot "the engine of $1 does not start: $(docker exec "$1" tail -5 /var/log/dockerd.log)"
}

up() {
  local name=$1 count=$2 managers=$3 folder=$4 index role token base first port
  ensure_image
  mapfile -t rights < <(nested_rights "$image")
  base=$(make_network "$name")
  first=$base.11
  [ -z "$folder" ] || make_certificates "$folder" "$name" "$base.$((10 + count))"
  for index in $(seq "$count"); do
    start_machine "$name-$index" "$name" "$base.$((10 + index))" \
      "$([ "$index" != "$count" ] || echo "$folder")" ||
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
  for index in $(seq "$count"); do
    port=2375
    [ "$index" != "$count" ] || [ -z "$folder" ] || port=2376
    echo "$name-$index tcp://$base.$((10 + index)):$port"
  done
}

down() {
  docker ps --all --quiet --filter "label=lab-swarm-machine=$1" |
    xargs --no-run-if-empty docker rm --force --volumes >/dev/null
  docker network ls --quiet --filter "label=lab-swarm-machine=$1" |
    xargs --no-run-if-empty docker network rm >/dev/null
}

case ${1:-} in
up) up "$2" "${3:-2}" "${4:-1}" "${5:-}" ;;
down) down "$2" ;;
*) sed -n '2,6s/^# //p' "$0" && exit 2 ;;
esac

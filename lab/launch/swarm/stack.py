"""The stack's services as data: a container's definition in the swarm's own words."""

from collections.abc import Mapping, Sequence
from typing import Any

from lab.errors import EngineError, Problem
from lab.launch.labels import LAB, PART, SWARM, Part
from lab.launch.seen import Definition
from lab.launch.sizes import bytes_of
from lab.plan.containers import SERVER_DATA, network_name

IMAGE = "apim-lab.image"  # the name of a service's image; the service itself has its id
ENDED_WITH = "apim-lab.ended-with"  # the exit code of a member that somebody stopped
STACK = "com.docker.stack.namespace"  # so that `docker stack ps` shows the lab's services

_SECOND = 1_000_000_000  # nanoseconds
_RESTARTS = 3  # then a member counts as ended; the swarm keeps five tasks of its history
_WINDOW = 900  # seconds that they are counted in: a JVM may take minutes until it ends in its start
_ONE_ENGINE = "`--on docker` brings the lab up on one engine"
PARTS = (Part.NODE, Part.SERVER, Part.BALANCER)


def service_spec(
    wanted: Definition, image: str, network: str, node: str, *, nodes: Sequence[str], machines: str
) -> dict[str, Any]:
    """Give the service that stands for a container, with nothing running yet.

    *image* is the image's id, so that no machine asks a registry for it; *network* the overlay's.
    *node* is where it must run; without one it may run on any node but those in *nodes*.
    *machines* is the label that tells which node is which machine. Raises `EngineError` when the
    container is to have something that no service has.
    """
    _refuse_impossible(wanted)
    labels = {**wanted.labels, SWARM: machines, IMAGE: wanted.image}
    labels[STACK] = network_name(wanted.labels[LAB])
    bound = [f"node.id=={node}"] if node else [f"node.id!={each}" for each in nodes]
    memory = bytes_of(wanted.memory) if wanted.memory else 0
    return {
        "Name": wanted.name,
        "Labels": labels,
        "TaskTemplate": {
            "ContainerSpec": _container(wanted, image, labels),
            "Resources": {
                "Limits": {"MemoryBytes": memory},
                "Reservations": {"MemoryBytes": memory},
            },
            "RestartPolicy": {
                "Condition": "any",
                "Delay": wanted.again_after * _SECOND,
                "MaxAttempts": _RESTARTS,
                "Window": _WINDOW * _SECOND,
            },
            "Placement": {"Constraints": bound},
            "Networks": [{"Target": network, "Aliases": list(wanted.aliases)}],
            "ForceUpdate": 0,
            **({} if wanted.keeps_log else {"LogDriver": {"Name": "none"}}),
        },
        "Mode": {"Replicated": {"Replicas": 0}},
        # Virtual addresses need IPVS, and hide which member answered.
        "EndpointSpec": {"Mode": "dnsrr"},
    }


def _refuse_impossible(wanted: Definition) -> None:
    asked = {
        "a port of one machine": wanted.published,
        "the processes of its machine": wanted.host_pid,
        "another container's network": wanted.network.startswith("container:"),
        "no network": not wanted.network,
        "a file system in memory": wanted.tmpfs,
    }
    problems = [
        Problem(f"a service of a swarm can't have {what}", f"container {wanted.name}", _ONE_ENGINE)
        for what, is_asked in asked.items()
        if is_asked
    ]
    if problems:
        raise EngineError(*problems)


def _container(wanted: Definition, image: str, labels: Mapping[str, str]) -> dict[str, Any]:
    command = {"Args": list(wanted.command)}
    if not wanted.keeps_entrypoint:
        command = {"Command": list(wanted.command[:1]), "Args": list(wanted.command[1:])}
    spec = {
        **command,
        "Image": image,
        "Labels": dict(labels),
        "Env": [f"{name}={value}" for name, value in wanted.environment.items()],
        "CapabilityDrop": ["ALL"],
        "CapabilityAdd": [f"CAP_{name}" for name in wanted.capabilities],
        "ReadOnly": wanted.read_only,
        "StopSignal": "SIGTERM",
        "StopGracePeriod": wanted.grace * _SECOND,
        "Mounts": _mounts(wanted, labels),
    }
    if wanted.hostname:
        spec["Hostname"] = wanted.hostname
    if wanted.user:
        spec["User"] = wanted.user
    names = {"Nameservers": wanted.name_servers, "Options": wanted.name_options}
    if any(names.values()):
        spec["DNSConfig"] = {key: list(value) for key, value in names.items() if value}
    return spec


def _mounts(wanted: Definition, labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """Give a database server a volume, begun with its image's data: it outlives a restart."""
    if wanted.labels[PART] != Part.SERVER:
        return []
    return [
        {
            "Type": "volume",
            "Source": volume_name(wanted.name),
            "Target": str(SERVER_DATA),
            "VolumeOptions": {"Labels": dict(labels)},
        }
    ]


def volume_name(container: str) -> str:
    """Give the volume of a database server."""
    return f"{container}-data"


def with_files(
    spec: Mapping[str, Any], secrets: Sequence[Any], configs: Sequence[Any]
) -> dict[str, Any]:
    """Give the spec with these files, and those of before that lie at other places."""
    container = {**spec["TaskTemplate"]["ContainerSpec"]}
    given = {one["File"]["Name"] for one in (*secrets, *configs)}
    for kind, more in (("Secrets", secrets), ("Configs", configs)):
        kept = [one for one in container.get(kind) or () if one["File"]["Name"] not in given]
        container[kind] = [*kept, *more]
    return {**spec, "TaskTemplate": {**spec["TaskTemplate"], "ContainerSpec": container}}


def started(spec: Mapping[str, Any], *, again: bool) -> dict[str, Any]:
    """Give the spec of a service that runs; *again* makes the swarm replace a task that ended."""
    template = dict(spec["TaskTemplate"])
    template["ForceUpdate"] = int(template.get("ForceUpdate") or 0) + again
    labels = {name: value for name, value in spec["Labels"].items() if name != ENDED_WITH}
    mode = {"Replicated": {"Replicas": 1}}
    return {**spec, "Labels": labels, "TaskTemplate": template, "Mode": mode}


def stopped(spec: Mapping[str, Any], exit_code: int) -> dict[str, Any]:
    """Give the spec of a service that was stopped and ended so."""
    labels = {**spec["Labels"], ENDED_WITH: str(exit_code)}
    return {**spec, "Labels": labels, "Mode": {"Replicated": {"Replicas": 0}}}


def machines_label(names: Mapping[str, str]) -> str:
    """Write down which node is which machine: one that doesn't answer can't say its id."""
    return ",".join(f"{node}={name}" for node, name in sorted(names.items()))


def machines_in(label: str) -> dict[str, str]:
    """Read `machines_label`."""
    return dict(pair.split("=", 1) for pair in label.split(",") if "=" in pair)


def node_of(spec: Mapping[str, Any]) -> str:
    """Give the node that a service is bound to; empty when the swarm may choose."""
    constraints = (spec["TaskTemplate"].get("Placement") or {}).get("Constraints") or ()
    bound = [each.partition("==")[2] for each in constraints if each.startswith("node.id==")]
    return bound[0] if bound else ""

"""What the rows of the engine's answers say, as the lab's own types."""

import time
from collections.abc import Mapping
from datetime import datetime
from ipaddress import IPv4Network
from typing import Any

from lab.launch.seen import (
    EngineFacts,
    Membership,
    SeenContainer,
    SeenEvent,
    SeenImage,
    SeenNetwork,
)


def engine_facts(info: Mapping[str, Any], *, is_here: bool) -> EngineFacts:
    """Read what `info` answers; *is_here* when it was asked through this machine's socket."""
    return EngineFacts(
        info["ServerVersion"],
        info["Driver"],
        tuple(info.get("SecurityOptions") or ()),
        info["Architecture"],
        memory=int(info.get("MemTotal") or 0),
        cores=int(info.get("NCPU") or 1),
        root=str(info.get("DockerRootDir") or ""),
        is_here=is_here,
        ahead=_ahead(info.get("SystemTime") or ""),
        swarm=_membership(info.get("Swarm") or {}),
    )


def _ahead(clock: str) -> float:
    """Give how many seconds an engine's clock is before this machine's."""
    if not clock:
        return 0.0
    return datetime.fromisoformat(clock).timestamp() - time.time()


def _membership(row: Mapping[str, Any]) -> Membership:
    return Membership(
        row.get("LocalNodeState", "inactive"),
        row.get("NodeID", ""),
        row.get("NodeAddr", ""),
        is_manager=bool(row.get("ControlAvailable")),
        error=row.get("Error", ""),
    )


def seen_network(row: Mapping[str, Any]) -> SeenNetwork:
    """Read a network, with its IPv4 subnets."""
    pools = (row.get("IPAM") or {}).get("Config") or ()
    subnets = tuple(
        IPv4Network(pool["Subnet"], strict=False)
        for pool in pools
        if "Subnet" in pool and ":" not in pool["Subnet"]
    )
    return SeenNetwork(row["Id"], row["Name"], row["Created"], row.get("Labels") or {}, subnets)


def listed_container(row: Mapping[str, Any]) -> SeenContainer:
    """Read a container as a listing shows it: without process, ports and addresses."""
    name = row["Names"][0].lstrip("/") if row["Names"] else ""
    networks = _networks(row.get("NetworkSettings") or {})
    return SeenContainer(
        row["Id"], name, row["Labels"] or {}, row["State"], row["Image"], networks=networks
    )


def inspected_container(row: Mapping[str, Any]) -> SeenContainer:
    """Read all that an inspection tells of a container."""
    state = row["State"]
    return SeenContainer(
        id=row["Id"],
        name=row["Name"].lstrip("/"),
        labels=row["Config"]["Labels"] or {},
        status=state["Status"],
        image=row["Config"]["Image"],
        pid=state["Pid"],
        started_at=state["StartedAt"],
        exit_code=state["ExitCode"],
        oom_killed=state["OOMKilled"],
        error=state.get("Error", ""),
        published=_published(row["HostConfig"].get("PortBindings") or {}),
        addresses=_addresses(row["NetworkSettings"].get("Networks") or {}),
        networks=_networks(row["NetworkSettings"]),
    )


def _published(bindings: Mapping[str, Any]) -> dict[int, int]:
    return {
        int(port.partition("/")[0]): int(hosts[0]["HostPort"])
        for port, hosts in bindings.items()
        if hosts
    }


def _addresses(networks: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(one["IPAddress"] for one in networks.values() if one.get("IPAddress"))


def _networks(settings: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    networks = settings.get("Networks") or {}
    return {name: tuple((one or {}).get("Aliases") or ()) for name, one in networks.items()}


def seen_image(row: Mapping[str, Any]) -> SeenImage:
    """Read an image, as a listing or an inspection shows it."""
    labels = row.get("Labels") or (row.get("Config") or {}).get("Labels") or {}
    return SeenImage(row["Id"], tuple(row.get("RepoTags") or ()), labels, row.get("Size", 0))


def seen_event(row: Mapping[str, Any]) -> SeenEvent:
    """Read what happened to a container."""
    actor = row["Actor"]
    return SeenEvent(row["Action"], actor["ID"], actor["Attributes"])

"""The networks of an engine."""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network
from typing import Any

from lab.launch.engine.door import Door, asked
from lab.launch.engine.rows import seen_network
from lab.launch.seen import SeenNetwork

# From this API on (engine 25), a container in an internal network has no gateway at all, and later
# engines refuse to be told one. Before, it is the engine's own end: a way to this machine.
_WITHOUT_GATEWAY = "1.44"


class Networks(Door):
    """Makes, joins and removes networks."""

    spare_addresses = 0  # of a lab's network, that the engine takes for itself

    def networks(self, label: str = "") -> tuple[SeenNetwork, ...]:
        """List networks, all or those with the label `key=value`."""
        with asked("networks"):
            rows = self._api.networks(filters={"label": label} if label else None)
        return tuple(seen_network(row) for row in rows if not label or self._is_own(row["Labels"]))

    def create_network(
        self,
        name: str,
        subnet: IPv4Network,
        labels: Mapping[str, str],
        *,
        bridge: str = "",
        dead_end: str = "",
    ) -> str:
        """Create a bridge network and give its id; raises `SubnetTakenError`.

        *bridge* is the engine's own address there. With *dead_end*, an address that nobody has,
        for the containers' gateway, nothing gets out.
        """
        pool: dict[str, Any] = {"Subnet": str(subnet)}
        if bridge:
            pool["Gateway"] = bridge
        if dead_end and not self._speaks(_WITHOUT_GATEWAY):
            pool["AuxiliaryAddresses"] = {"DefaultGatewayIPv4": dead_end}
        with asked(f"network {name}"):
            made = self._api.create_network(
                name,
                driver="bridge",
                ipam={"Driver": "default", "Config": [pool]},
                check_duplicate=True,
                labels=dict(labels),
                internal=bool(dead_end),
            )
        return str(made["Id"])

    def join(
        self, network: str, container: str, address: str = "", aliases: Iterable[str] = ()
    ) -> None:
        """Put a container into one more network, at *address* and by *aliases* if told."""
        with asked(f"network {network}"):
            self._api.connect_container_to_network(
                container, network, ipv4_address=address or None, aliases=list(aliases) or None
            )

    def leave(self, network: str, container: str) -> None:
        """Take a container off a network, running or not."""
        with asked(f"network {network}"):
            self._api.disconnect_container_from_network(container, network, force=True)

    def remove_network(self, network: str) -> None:
        """Remove a network; raises `InUseError` while it has endpoints, `GoneError`."""
        with asked(f"network {network}"):
            self._api.remove_network(network)

    def attached(self, network: str) -> Mapping[str, str]:
        """Give the names of the containers that a network has endpoints of, by their ids."""
        with asked(f"network {network}"):
            row = self._api.inspect_network(network)
        return {id_: each["Name"] for id_, each in (row.get("Containers") or {}).items()}

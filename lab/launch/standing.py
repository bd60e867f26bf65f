"""Where a lab's containers stand: its networks, its machines, and its front, made side by side."""

from typing import TYPE_CHECKING

from lab.launch.creation import Creation, results
from lab.launch.definitions import Images, front_definition, machine_definition
from lab.launch.front import front_files, front_ports
from lab.launch.labels import Ownership
from lab.launch.ports import Ports
from lab.launch.seen import Definition
from lab.plan.model import Plan

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future


class Standing:
    """The networks of a lab on their way into existence, and the way of each container into them.

    *needs* is what must be there before a container starts.
    """

    def __init__(self, creation: Creation, plan: Plan, owner: Ownership, images: Images) -> None:
        self._creation = creation
        self._plan = plan
        self._owner = owner
        self._images = images
        self.network = creation.network(plan, owner, len(plan.members) + len(plan.machines) + 2)
        self._subnets = [creation.subnet(plan, subnet, owner) for subnet in plan.subnets]
        wanted = [machine_definition(plan, machine, images, owner) for machine in plan.machines]
        created = [creation.container(one) for one in wanted]
        # Who shares a machine can't be created before it is.
        results(created)
        joined = zip(wanted, created, strict=True)
        self._machines = [self.joined(one, future) for one, future in joined]

    @property
    def needs(self) -> list["Future[str]"]:
        """Give what a container can't start without."""
        return [self.network, *self._subnets, *self._machines]

    def container(self, wanted: Definition, files: "Callable[[], bytes]") -> "Future[str]":
        """Create a container and put it into the networks where it has a fixed address."""
        return self.joined(wanted, self._creation.container(wanted, files))

    def joined(self, wanted: Definition, created: "Future[str]") -> "Future[str]":
        """Put a container that is being made into the networks where it has a fixed address."""
        joined = [
            (network, subnet.addresses[wanted.name])
            for network, subnet in zip(self._subnets, self._plan.subnets, strict=True)
            if wanted.name in subnet.addresses
        ]
        return self._creation.joining(created, *joined) if joined else created

    def front(self, ports: Ports) -> list["Future[str]"]:
        """Create the front, in the network that leads to it and in the lab's."""
        way_in = self._creation.way_in(self._plan, self._owner)
        return [way_in, self.front_on(ports)]

    def front_on(self, ports: Ports) -> "Future[str]":
        """Create the front's container alone: its ports are fixed at its creation."""
        wanted = front_definition(self._plan, self._images, self._owner, front_ports(ports))
        created = self._creation.container(wanted, lambda: front_files(self._plan, ports))
        return self._creation.joining(created, (self.network, ""))

"""Makes a lab's network and containers side by side; whatever interrupts, nothing is left."""

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import suppress
from ipaddress import IPv4Network
from types import TracebackType
from typing import Any, Self

from lab.errors import EngineError, Problem
from lab.interrupts import uninterrupted
from lab.launch.engine import Engine
from lab.launch.front import way_in_name
from lab.launch.labels import LAB, Ownership, Part
from lab.launch.refusals import GoneError, NameTakenError, SubnetTakenError
from lab.launch.removal import LabObjects, remove_objects
from lab.launch.seen import Definition, SeenContainer, SeenNetwork
from lab.launch.subnets import candidates, routed_here
from lab.plan.model import Plan, PlannedSubnet

_AT_ONCE = 16
_SUBNETS_TRIED = 64
_FAR = 16  # a route to a wider network than this leads elsewhere


class Creation:
    """Objects on their way into existence.

    They are made in threads of its own, where no Ctrl-C arrives, and each is written down by the
    thread that made it; leaving with an exception waits for all of them and removes them again.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="creation")
        self._containers: list[SeenContainer] = []
        self._networks: list[SeenNetwork] = []
        self._noting = threading.Condition()
        self._under_way = 0
        self._is_over = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with uninterrupted():  # a second Ctrl-C would leave what the first one broke off
            self._pool.shutdown(wait=True, cancel_futures=failure is not None)
            if failure is not None:
                self._undo()

    def _undo(self) -> None:
        """Remove all that was made, when the last of it is."""
        with self._noting:
            # A Ctrl-C while a thread is started leaves one that the pool doesn't wait for.
            self._is_over = True
            self._noting.wait_for(lambda: not self._under_way)
            made = LabObjects(tuple(self._containers), tuple(self._networks))
        remove_objects(self._engine, made)

    def container(
        self, wanted: Definition, files: Callable[[], bytes] | None = None
    ) -> "Future[str]":
        """Create a container and put the archive of its files in; the future gives its id.

        *files* is called when the container exists, and may wait until they are written.
        """
        return self.work(self._create, wanted, files)

    def network(self, plan: Plan, owner: Ownership, members: int) -> "Future[str]":
        """Create the lab's network on a free subnet; the future gives its id."""
        return self.work(
            self._create_network, plan, owner, members, plan.network, is_closed=plan.is_closed
        )

    def way_in(self, plan: Plan, owner: Ownership) -> "Future[str]":
        """Create the network by which this machine reaches a closed lab's front."""
        name = way_in_name(plan)
        return self.work(self._create_network, plan, owner, 1, name, is_closed=False)

    def subnet(self, plan: Plan, wanted: PlannedSubnet, owner: Ownership) -> "Future[str]":
        """Create a network for fixed addresses; the future gives its id."""
        return self.work(self._create_subnet, plan, wanted, owner)

    def joining(
        self, container: "Future[str]", *networks: tuple["Future[str]", str]
    ) -> "Future[str]":
        """Put a container into further networks, at an address; the future gives its id."""
        return self.work(self._join, container, networks)

    def work(self, task: Callable[..., Any], *arguments: Any, **named: Any) -> "Future[Any]":
        """Run something beside it; nothing begins any more once the creation has failed."""
        return self._pool.submit(self._carry_out, task, *arguments, **named)

    def _carry_out(self, task: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        with self._noting:
            if self._is_over:
                raise CancelledError
            self._under_way += 1
        try:
            return task(*arguments, **named)
        finally:
            with self._noting:
                self._under_way -= 1
                self._noting.notify_all()

    def _create(self, wanted: Definition, files: Callable[[], bytes] | None) -> str:
        try:
            made = self._engine.create(wanted)
        except NameTakenError as error:
            raise self._taken(wanted.name) from error
        with self._noting:
            self._containers.append(SeenContainer(made, wanted.name, wanted.labels, "created"))
        if files is not None:
            self._engine.put(made, files())
        return made

    def _taken(self, container: str) -> NameTakenError:
        """Tell whose the container of this name is: `a-b` of lab x is called as `b` of lab x-a."""
        with suppress(GoneError):
            holder = self._engine.inspect(container).labels.get(LAB, "")
            whose = f"the lab {holder}" if holder else "a container that is no lab's"
            mend = "give this lab or its node another name (`--name`), or remove that container"
            what = f"its name is taken by {whose}"
            return NameTakenError(Problem(what, f"container {container}", mend))
        mend = "somebody removed its holder in this moment: run this again"
        return NameTakenError(Problem("its name was taken", f"container {container}", mend))

    def _join(self, container: "Future[str]", networks: Iterable[tuple["Future[str]", str]]) -> str:
        made = container.result()
        for network, address in networks:
            self._engine.join(network.result(), made, address)
        return made

    def _create_subnet(self, plan: Plan, wanted: PlannedSubnet, owner: Ownership) -> str:
        labels = owner.labels(Part.NETWORK)
        self._refuse_overlap(plan, wanted)
        made = self._engine.create_network(
            wanted.name, wanted.subnet, labels, bridge=wanted.bridge, dead_end=wanted.gateway
        )
        with self._noting:
            self._networks.append(SeenNetwork(made, wanted.name, "", labels, (wanted.subnet,)))
        return made

    def _refuse_overlap(self, plan: Plan, wanted: PlannedSubnet) -> None:
        """Raise `EngineError` where somebody else has the addresses, or this machine is near."""
        holders = [
            f"the network {network.name}"
            for network in self._engine.networks()
            if any(subnet.overlaps(wanted.subnet) for subnet in network.subnets)
        ]
        # Many machines route all private addresses somewhere; what counts is the link it is on.
        holders += [
            f"this machine's own network {route}"
            for route in routed_here()
            if route.overlaps(wanted.subnet) and route.prefixlen > _FAR
        ]
        if holders:
            raise EngineError(
                Problem(
                    f"addresses of the lab `{plan.lab}` are taken: {wanted.subnet} is part of"
                    f" {holders[0]}",
                    f"network {wanted.name}",
                    "`lab down` the lab that has them, or bring this one up on another machine",
                )
            )

    def _create_network(
        self, plan: Plan, owner: Ownership, members: int, name: str, *, is_closed: bool
    ) -> str:
        labels = owner.labels(Part.NETWORK)
        taken: set[IPv4Network] = set(routed_here())
        for _ in range(_SUBNETS_TRIED):
            taken.update(_subnets(self._engine))
            taken.update(one.subnet for one in plan.subnets)
            wanted = members + is_closed + self._engine.spare_addresses
            subnet = next(candidates(name, wanted, taken), None)
            if subnet is None:
                break
            try:
                end = str(subnet[-2]) if is_closed else ""
                made = self._engine.create_network(name, subnet, labels, dead_end=end)
            except SubnetTakenError:
                taken.add(subnet)
                continue
            with self._noting:
                self._networks.append(SeenNetwork(made, name, "", labels, (subnet,)))
            return made
        raise EngineError(
            Problem(
                "no private subnet is free for the lab's network",
                f"network {name}",
                "`lab list` shows the labs that hold one; `docker network ls` everything else",
            )
        )


def _subnets(engine: Engine) -> Iterator[IPv4Network]:
    return itertools.chain.from_iterable(network.subnets for network in engine.networks())


def results(futures: Iterable["Future[Any]"]) -> list[Any]:
    """Wait for all, and raise the first failure only then."""
    done = list(futures)
    for future in done:
        future.exception()
    return [future.result() for future in done]

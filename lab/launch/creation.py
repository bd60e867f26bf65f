"""Makes a lab's network and containers side by side; whatever interrupts, nothing is left."""

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from ipaddress import IPv4Network
from types import TracebackType
from typing import Any, Self

from lab.errors import EngineError, Problem
from lab.launch.engine import Engine
from lab.launch.labels import Ownership, Part
from lab.launch.refusals import SubnetTakenError
from lab.launch.removal import LabObjects, remove_objects
from lab.launch.seen import Definition, SeenContainer, SeenNetwork
from lab.launch.subnets import candidates, routed_here
from lab.plan.model import Plan

_AT_ONCE = 16
_SUBNETS_TRIED = 64


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
        self._noting = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=failure is not None)
        if failure is not None:
            with self._noting:
                made = LabObjects(tuple(self._containers), tuple(self._networks))
            remove_objects(self._engine, made)

    def container(self, wanted: Definition, archive: bytes = b"") -> "Future[str]":
        """Create a container and put its files in; the future gives its id."""
        return self._pool.submit(self._create, wanted, archive)

    def network(self, plan: Plan, owner: Ownership, members: int) -> "Future[str]":
        """Create the lab's network on a free subnet; the future gives its id."""
        return self._pool.submit(self._create_network, plan, owner, members)

    def work(self, task: Callable[..., Any], *arguments: Any) -> "Future[Any]":
        """Run something else beside it."""
        return self._pool.submit(task, *arguments)

    def _create(self, wanted: Definition, archive: bytes) -> str:
        made = self._engine.create(wanted)
        with self._noting:
            self._containers.append(SeenContainer(made, wanted.name, wanted.labels, "created"))
        if archive:
            self._engine.put(made, archive)
        return made

    def _create_network(self, plan: Plan, owner: Ownership, members: int) -> str:
        labels = owner.labels(Part.NETWORK)
        taken: set[IPv4Network] = set(routed_here())
        for _ in range(_SUBNETS_TRIED):
            taken.update(_subnets(self._engine))
            subnet = next(candidates(plan.lab, members, taken), None)
            if subnet is None:
                break
            try:
                made = self._engine.create_network(plan.network, subnet, labels)
            except SubnetTakenError:
                taken.add(subnet)
                continue
            with self._noting:
                self._networks.append(SeenNetwork(made, plan.network, "", labels, (subnet,)))
            return made
        raise EngineError(
            Problem(
                "no private subnet is free for the lab's network",
                f"network {plan.network}",
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

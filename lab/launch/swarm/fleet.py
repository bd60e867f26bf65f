"""The machines of a swarm that answer and those that don't, behind one manager's connection."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import cached_property
from typing import Any, Self, TypeVar

from lab.errors import EngineError
from lab.launch.engine import Engine
from lab.launch.swarm.leading import elected, leaderless, leading, unmanaged
from lab.launch.swarm.machines import Machine
from lab.launch.swarm.member import MemberEngine, why_silent

T = TypeVar("T")

_ADDRESSES = 3  # of the network that each machine takes for itself and its prober


class Fleet(MemberEngine):
    """The connection itself is a manager's, whose machine is *manager*.

    *members* are the machines that answer, *lost* those that don't, with the reason; *names* tells
    which node of the swarm is which machine, *bound* on which node a member must be created.
    When no manager is left, or too few for a leader, *manager* is empty: the machines tell what
    runs there, and nothing can be changed.
    """

    def __init__(self, api: Any, quick: Any, *, is_here: bool) -> None:
        super().__init__(api, quick, is_here=is_here)
        self.members: dict[str, MemberEngine] = {}
        self.lost: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.bound: dict[str, str] = {}
        self.manager = ""
        self._registry = ""
        self._environ: dict[str, str] = {}
        self._where: dict[str, str] = {}  # a container's id → its machine

    @classmethod
    def of(
        cls,
        machines: Sequence[Machine],
        environ: Mapping[str, str],
        registry: str = "",
        *,
        to_look: bool = False,
    ) -> Self:
        """Reach every machine. Raises `EngineError` when no manager answers, or none leads.

        Images go through the *registry* to the machines, without one from engine to engine.
        Who only wants *to_look* gets what is left of a swarm whose manager is lost, if anything is;
        anybody else waits for the other managers to elect a leader.
        """
        members, lost = _reach(machines, environ)
        with ExitStack() as reached:
            for one in members.values():
                reached.enter_context(one)
            manager = leading(members) or ("" if to_look else elected(members))
            rest = [name for name, one in members.items() if one.facts.swarm.node]
            if not manager and not (to_look and rest and (lost or leaderless(members))):
                raise EngineError(unmanaged(members, lost))
            machine = next(one for one in machines if one.name == (manager or rest[0]))
            self = cls.connect(machine.environ(environ))
            reached.pop_all()
        self.manager = manager
        self._environ = dict(environ)
        self._registry = registry
        self.members, self.lost = members, lost
        self.names = {one.facts.swarm.node: name for name, one in members.items()}
        return self

    def close(self) -> None:
        """Give all connections up."""
        for one in self.members.values():
            one.close()
        super().close()

    def bind(self, placed: Mapping[str, str]) -> None:
        """Say on which node of the swarm each of these members must be created."""
        self.bound = dict(placed)

    @property
    def cores(self) -> int:
        """Give the processors of all machines that answer."""
        return sum(one.facts.cores for one in self.members.values())

    @cached_property
    def workshop(self) -> Engine:
        """Give the engine that images are made on: the one that the environment names."""
        return self._ways.enter_context(Engine.connect(self._environ))

    def bring(
        self, images: Mapping[str, str], progress: Callable[[str], None], *, machine: str = ""
    ) -> None:
        """Bring each member's image to every machine that lacks it and may have the member.

        With *machine* to that one alone.
        """
        from lab.launch.swarm.images import bring_images  # noqa: PLC0415  # seldom needed

        wanted = {
            name: {
                image for member, image in images.items() if self.bound.get(member, node) == node
            }
            for node, name in self.names.items()
            if machine in ("", name) and name in self.members
        }
        members = {name: self.members[name] for name in wanted}
        bring_images(self.workshop, members, wanted, progress, self._registry)

    # Machines

    @property
    def _managing(self) -> Any:
        if not self.manager:
            raise EngineError(unmanaged(self.members, self.lost))
        return self._api

    def lose(self, machine: str, why: str) -> None:
        """Ask a machine nothing more: it has gone. Another manager stands in for a lost one."""
        if self.members.pop(machine, None) is not None:
            self.lost[machine] = why  # its requests under way end by themselves
        if machine == self.manager:
            self.manager = leading(self.members)
            if self.manager:
                self._api = self.members[self.manager].client

    @property
    def unseen_machine(self) -> str:  # type: ignore[override]  # a constant elsewhere
        """Give where a member must be that no machine shows: with the lost manager, or nowhere."""
        return "" if self.manager else " or ".join(sorted(self.lost))

    def note(self, container: str, machine: str) -> None:
        """Remember on which machine a container was seen, by its id."""
        self._where[container] = machine

    def machine_of(self, container: str) -> str:
        """Give the machine of a container, by its id; the manager's for one that nobody knows."""
        return self._where.get(container, self.manager or next(iter(self.members), ""))

    def is_lost(self, machine: str) -> bool:
        """Ask a machine that failed whether it is there at all; one that isn't is lost."""
        member = self.members.get(machine)
        if member is not None and member.answers():
            return False
        self.lose(machine, "it stopped answering")
        return True

    def _each(self, work: Callable[[str, MemberEngine], T]) -> list[T]:
        """Do something on all machines at once, and leave out those that are lost meanwhile."""

        def one(item: tuple[str, MemberEngine]) -> list[T]:
            try:
                return [work(*item)]
            except EngineError:
                if self.is_lost(item[0]):
                    return []
                raise

        members = list(self.members.items())
        if not members:
            raise EngineError(unmanaged(self.members, self.lost))
        with ThreadPoolExecutor(len(members)) as pool:
            return [result for results in pool.map(one, members) for result in results]

    def _first_manager(self) -> list[tuple[str, MemberEngine]]:
        return sorted(self.members.items(), key=lambda item: item[0] != self.manager)

    @property
    def spare_addresses(self) -> int:  # type: ignore[override]  # a constant elsewhere
        """Give how many addresses of a lab's network the machines themselves take."""
        return _ADDRESSES * (len(self.members) + len(self.lost))


def _reach(
    machines: Sequence[Machine], environ: Mapping[str, str]
) -> tuple[dict[str, MemberEngine], dict[str, str]]:
    members: dict[str, MemberEngine] = {}
    lost: dict[str, str] = {}

    def reach(machine: Machine) -> MemberEngine | str:
        try:
            with ExitStack() as connected:
                engine = connected.enter_context(MemberEngine.connect(machine.environ(environ)))
                engine.facts  # noqa: B018  # whoever answers knows them from here on
                connected.pop_all()
        except EngineError as error:
            return why_silent(error)
        return engine

    if not machines:
        return members, lost
    with ThreadPoolExecutor(len(machines)) as pool:
        for machine, found in zip(machines, pool.map(reach, machines), strict=True):
            if isinstance(found, str):
                lost[machine.name] = found
            else:
                members[machine.name] = found
    return members, lost

"""Makes faults in a running lab and heals them; what stands for them lies on the engine."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial

from lab.errors import LabError, Problem
from lab.launch.engine import Engine
from lab.launch.faults import rules
from lab.launch.faults.network import (
    SHOWN,
    ensure_image,
    relay_definition,
    remove_if_there,
    run_nft,
    start_relay,
)
from lab.launch.faults.passwords import (
    accept_logins,
    has_other_password,
    refuse_logins,
    with_other_password,
)
from lab.launch.faults.possible import TOWARDS, are_together, require_possible, tls_ports
from lab.launch.faults.records import (
    Record,
    passing_of,
    process_of,
    record_labels,
    records_of,
)
from lab.launch.labels import Ownership
from lab.launch.refusals import GoneError, NameTakenError
from lab.launch.seen import Definition, SeenContainer
from lab.plan.containers import container_name
from lab.plan.fault import ActiveFault, Fault, FaultKind
from lab.plan.model import Member, Plan, PlannedServer

_RULED = (FaultKind.CUT, FaultKind.REFUSE, FaultKind.ISOLATE)
_RELAYED = (FaultKind.SLOW, FaultKind.CERTIFICATE)
_ENDED = (FaultKind.KILL, FaultKind.STOP)


class Faults:
    """The faults of one lab. Methods may be called from any thread, and by several processes."""

    def __init__(
        self,
        engine: Engine,
        plan: Plan,
        owner: Ownership,
        *,
        start: Callable[[str], None],
        stop: Callable[[str], None],
    ) -> None:
        self._engine = engine
        self._plan = plan
        self._owner = owner
        self._start = start
        self._stop = stop
        self._members = {member.name: member for member in plan.members}

    # What there is

    def active(self) -> tuple[ActiveFault, ...]:
        """List the faults that are in force; what a restart has ended is none."""
        records = records_of(self._engine, self._plan.lab)
        return tuple(record.active for record in records if self._is_in_force(record))

    def _is_in_force(self, record: Record) -> bool:
        kind = record.fault.kind
        try:
            seen = self._seen(record.fault.member)
        except GoneError:
            return kind in _ENDED
        if kind is FaultKind.PAUSE:
            return seen.status == "paused"
        if kind in _ENDED:
            return seen.status != "running"
        member = self._member(record.fault.member)
        if kind is FaultKind.PASSWORD and not isinstance(member, PlannedServer):
            return has_other_password(self._engine, self._plan.node(member.name))
        return process_of(seen) == record.of

    # Making

    @contextmanager
    def during(
        self, fault: Fault, *, progress: Callable[[str], None] = lambda _: None
    ) -> Iterator[ActiveFault]:
        """Have a fault for as long as the block lasts."""
        made = self.make(fault, progress=progress)
        try:
            yield made
        finally:
            self.heal(made.number)

    def make(
        self, fault: Fault, *, scoped: bool = True, progress: Callable[[str], None] = lambda _: None
    ) -> ActiveFault:
        """Make a fault and give it with its number.

        A *scoped* one is healed by whoever looks at the lab next when this process has died; any
        other stays until it is healed. Raises `LabError` when it can't be made; then nothing is.
        """
        require_possible(self._plan, fault)
        seen = self._running(fault.member)
        if fault.kind in TOWARDS:  # an image may be made first, which takes a minute
            self._running(fault.peer)
        image = self._image(fault, seen, progress)
        record = self._write_down(fault, seen, image, scoped=scoped)
        try:
            self._do(record, seen, image)
        except BaseException:
            self._undo(record)
            raise
        return record.active

    def _image(self, fault: Fault, seen: SeenContainer, progress: Callable[[str], None]) -> str:
        if fault.kind in (*_RULED, *_RELAYED):
            return ensure_image(self._engine, seen, progress)
        return self._engine.inspect(self._plan.prober).image

    def _write_down(self, fault: Fault, seen: SeenContainer, image: str, *, scoped: bool) -> Record:
        taken = {record.number for record in records_of(self._engine, self._plan.lab)}
        for number in itertools.count(1):
            if number in taken:
                continue
            labels = record_labels(self._owner, number, fault, process_of(seen), scoped=scoped)
            name = container_name(self._plan.lab, f"fault-{number}")
            try:
                made = self._engine.create(self._standing_for(fault, name, image, labels, seen))
            except NameTakenError:  # another process makes a fault at the same time
                continue
            active = ActiveFault(number, fault, scoped, str(self._owner.owner))
            return Record(active, made, process_of(seen))
        raise AssertionError  # the numbers don't end

    def _standing_for(
        self, fault: Fault, name: str, image: str, labels: dict[str, str], seen: SeenContainer
    ) -> Definition:
        match fault.kind:
            case FaultKind.SLOW:
                return relay_definition(name, image, labels, seen, ("late", str(fault.delay)))
            case FaultKind.CERTIFICATE:
                return relay_definition(name, image, labels, seen, ("shown", str(SHOWN)))
        # It never runs, so any image will do that every machine of a lab has.
        any_image = self._engine.inspect(self._plan.prober).image
        return Definition(name=name, image=any_image, command=("true",), labels=labels, network="")

    def _do(self, record: Record, seen: SeenContainer, image: str) -> None:
        fault, engine = record.fault, self._engine
        nft = partial(run_nft, engine, image, self._owner, seen)
        table = rules.table_name(record.number)
        match fault.kind:
            case FaultKind.CUT:
                nft(rules.cut_rules(table, self._addresses(fault), fault.port))
            case FaultKind.REFUSE:
                nft(rules.refuse_rules(table, self._addresses(fault), fault.port))
            case FaultKind.ISOLATE:
                nft(rules.isolate_rules(table))
            case FaultKind.SLOW:
                addresses = self._addresses(fault)
                relay = start_relay(engine, record.container)
                nft(rules.late_rules(table, addresses, fault.port, relay))
            case FaultKind.CERTIFICATE:
                from lab.launch.faults.stranger import (  # noqa: PLC0415  # heavy, and seldom asked
                    certificate_of_a_stranger,
                )

                pem = certificate_of_a_stranger(self._member(fault.member).aliases)
                relay = start_relay(engine, record.container, pem)
                ports = tls_ports(self._plan, fault)
                own = self._addresses_of(fault.member, seen)
                nft(rules.shown_rules(table, own, ports, relay))
            case FaultKind.PAUSE:
                engine.pause(seen.id)
            case FaultKind.KILL:
                engine.kill(seen.id)
            case FaultKind.STOP:
                self._stop(fault.member)
            case FaultKind.PASSWORD:
                self._refuse_logins(self._member(fault.member))

    def _refuse_logins(self, member: Member) -> None:
        if isinstance(member, PlannedServer):
            refuse_logins(self._engine, member)
            return
        changed = with_other_password(self._engine, self._plan.node(member.name))
        self._engine.stop(member.container)
        self._engine.put(member.container, changed)
        self._engine.start(member.container)

    def _addresses(self, fault: Fault) -> tuple[str, ...]:
        addresses = self._addresses_of(fault.peer, self._running(fault.peer))
        return (*addresses, "127.0.0.1") if are_together(self._plan, fault) else addresses

    def _addresses_of(self, name: str, seen: SeenContainer) -> tuple[str, ...]:
        """Give a running member's addresses, which are its machine's where it shares one."""
        machine = self._member(name).machine
        return self._engine.inspect(machine).addresses if machine else seen.addresses

    # Healing

    def heal(self, number: int) -> Fault:
        """Heal a fault; raises `LabError` when there is none of this number, or it stays."""
        records = records_of(self._engine, self._plan.lab)
        for record in records:
            if record.number == number:
                self._undo(record)
                return record.fault
        known = ", ".join(str(record.active) for record in records) or "it has none"
        raise LabError(Problem(f"no fault {number}", f"lab {self._plan.lab}", known))

    def heal_all(self, *, orphans_only: bool = False) -> tuple[ActiveFault, ...]:
        """Heal every fault, or those alone that belonged to processes which have died.

        Raises `LabError` with everything that stays, after all has been tried.
        """
        healed: list[ActiveFault] = []
        problems: list[Problem] = []
        for record in records_of(self._engine, self._plan.lab):
            if orphans_only and not record.is_orphan:
                continue
            try:
                self._undo(record)
            except LabError as error:
                problems += error.problems
            else:
                healed.append(record.active)
        for passing in passing_of(self._engine, self._plan.lab):
            remove_if_there(self._engine, passing.id)
        if problems:
            raise LabError(*problems)
        return tuple(healed)

    def _undo(self, record: Record) -> None:
        """Heal what a record stands for, as far as it was made, and then remove the record."""
        with suppress(GoneError):  # a member without a container has nothing to heal in it
            self._restore(record, self._seen(record.fault.member))
        remove_if_there(self._engine, record.container)

    def _restore(self, record: Record, seen: SeenContainer) -> None:
        kind, is_same = record.fault.kind, process_of(seen) == record.of
        is_there = is_same and seen.status in ("running", "paused")
        if kind in (*_RULED, *_RELAYED) and is_there:
            self._delete_table(record, seen)
        elif kind is FaultKind.PAUSE and seen.status == "paused":
            self._engine.unpause(seen.id)
        elif kind in _ENDED and seen.status != "running":
            self._start(record.fault.member)
        elif kind is FaultKind.PASSWORD:
            self._accept_logins(self._member(record.fault.member), seen)

    def _delete_table(self, record: Record, seen: SeenContainer) -> None:
        image = ensure_image(self._engine, seen, lambda _: None)
        commands = rules.healing_rules(rules.table_name(record.number))
        run_nft(self._engine, image, self._owner, seen, commands)

    def _accept_logins(self, member: Member, seen: SeenContainer) -> None:
        if isinstance(member, PlannedServer):
            if seen.status == "running":  # else its start gives every account its password
                accept_logins(self._engine, member)
        elif has_other_password(self._engine, self._plan.node(member.name)):
            self._stop(member.name)
            self._start(member.name)
        elif seen.status != "running":
            self._start(member.name)

    # Members

    def _member(self, name: str) -> Member:
        return self._members[name]

    def _seen(self, name: str) -> SeenContainer:
        return self._engine.inspect(self._member(name).container)

    def _running(self, name: str) -> SeenContainer:
        seen = self._seen(name)
        if seen.status != "running":
            mend = "heal what stopped it, or `lab start` it"
            raise LabError(Problem(f"`{name}` is {seen.status}", f"container {seen.name}", mend))
        return seen

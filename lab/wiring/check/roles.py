"""Checks what a role does with its settings: its own broker, copies, keys without effect."""

from collections.abc import Iterator

from lab.products.facts import Role
from lab.products.keys_4x import DECISIONS, HUB_LISTENING, NOTIFY_KEY
from lab.wiring.check.case import Case, error, remark, warning
from lab.wiring.finding import Finding
from lab.wiring.reading import Reading
from lab.wiring.settings import Settings, steps

_OF_HUB, _OF_DECISIONS = HUB_LISTENING + "[]", DECISIONS + "[]"
_OWN_BROKER = {
    Role.CONTROL_PLANE: (_OF_HUB,),
    Role.TRAFFIC_MANAGER: (_OF_DECISIONS,),
    Role.ALL_IN_ONE: (_OF_HUB, _OF_DECISIONS),
}
_HUB_SWITCH = "apim.event_hub.enable"
_DUPLICATES = ("apim.throttling.event_duplicate_url[]", "apim.event_hub.event_duplicate_url[]")


def check_own_broker(case: Case) -> Iterator[Finding]:
    """LAB0126: a node with a broker that publishes into its peer's: the key feeds both ways."""
    for reading in case.readings:
        link, row = reading.link, reading.row
        role = case.cluster.role_of(link.node)
        is_first = reading.path[-1] == 0 and not link.default_of
        if row is None or role is None or row.key not in _OWN_BROKER.get(role, ()) or not is_first:
            continue
        if link.to not in (None, link.node) and _takes_its_events(case, reading, role):
            what = f"{link.node} publishes its own events into the broker of {link.to}"
            mend = 'name the node itself first: ["tcp://localhost:5672", …]'
            yield error("LAB0126", what, link.source, mend, link)


def _takes_its_events(case: Case, reading: Reading, role: Role) -> bool:
    """Tell whether the other's broker is one of the kind that the node has itself.

    An all-in-one may leave throttling to a traffic manager; a traffic manager leaves it to nobody.
    """
    other = case.cluster.role_of(reading.link.to or "")
    if role is not Role.TRAFFIC_MANAGER or other is None or reading.row is None:
        return other is role
    return reading.row.is_answered_by(other)


def check_duplicates(case: Case) -> Iterator[Finding]:
    """LAB0127: a copy of each event that goes back to where it came from."""
    for reading in case.readings:
        link, row = reading.link, reading.row
        if row is not None and row.key in _DUPLICATES and link.to == link.node:
            what = f"{link.key} names {link.node} itself, so each event arrives there twice"
            yield error("LAB0127", what, link.source, "name the other member of the pair", link)


def check_without_effect(case: Case) -> Iterator[Finding]:
    """LAB0119, LAB0125: settings that do nothing in their role, or undo what the role sets."""
    for reading in case.readings:
        role, row = case.cluster.role_of(reading.link.node), reading.row
        reason = row.inert.get(role, "") if row and role and row.key == NOTIFY_KEY else ""
        if reason:
            what = f"the event listener never fires: {reason}"
            mend = "put it on the node that issues tokens, and leave it out here"
            yield remark("LAB0119", what, reading.link.source, mend, reading.link)
    for settings in case.cluster.nodes.values():
        if settings.role is not None:
            yield from _undone(settings, settings.role)
            yield from _deaf(settings, settings.role)


def _deaf(settings: Settings, role: Role) -> Iterator[Finding]:
    """LAB0125: a node that hears of nothing that the control plane does."""
    if role is not Role.KEY_MANAGER and str(settings.written(_HUB_SWITCH)).lower() == "false":
        what = f"{settings.name} neither hears nor tells events: {_HUB_SWITCH} is off"
        at = settings.document.position(steps(_HUB_SWITCH))
        yield warning("LAB0125", what, at, "leave the key out", key=_HUB_SWITCH)


def _undone(settings: Settings, role: Role) -> Iterator[Finding]:
    for key, by_role in settings.tables.role_switches.get(role, {}).items():
        written = settings.written(key)
        if isinstance(written, bool) and written is not by_role:
            at = settings.document.position(steps(key))
            what = f"{key} = {str(written).lower()} undoes what the role {role} sets"
            yield remark("LAB0125", what, at, "leave the key out, unless that is meant", key=key)

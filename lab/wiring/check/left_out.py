"""Checks keys that are left out, for which the product takes another address or itself."""

from lab.products.facts import Role
from lab.products.keys_4x import HUB_LISTENING, HUB_SERVICE, KEY_MANAGER_SERVICE
from lab.wiring.check.case import Case, error, warning
from lab.wiring.finding import Finding
from lab.wiring.reading import Reading

_FOLLOWERS = (Role.GATEWAY, Role.TRAFFIC_MANAGER)


def judge_fall_back(case: Case, reading: Reading) -> Finding | None:
    """LAB0118: a key left out, so that the product takes an address meant for something else."""
    link = reading.link
    if not link.default_of or reading.row is None:
        return None
    peer, role = case.cluster.role_of(link.to or ""), case.cluster.role_of(link.node)
    is_followed = reading.row.key in (HUB_SERVICE, HUB_LISTENING + "[]") and role in _FOLLOWERS
    if not is_followed and role is not Role.CONTROL_PLANE:
        return None
    if peer in (None, Role.CONTROL_PLANE) or not case.cluster.has_role(Role.CONTROL_PLANE):
        return None
    what = (
        f"{link.key} is left out, so {link.default_of} makes {link.to} the event hub of {link.node}"
    )
    mend = f"set {link.key} to the control plane's address"
    return error("LAB0118", what, link.source, mend, link)


def judge_left_out(case: Case, reading: Reading) -> Finding | None:
    """LAB0117: a key left out, so that the node talks to itself, where nothing of the kind is."""
    link, row = reading.link, reading.row
    if row is None or link.key.endswith("auth_urls"):
        return None  # its receiver URL says it already
    role = case.cluster.role_of(link.node)
    if role is Role.TRAFFIC_MANAGER and _is_hub(case, link.node):
        return None
    what = (
        f"{link.node} names no {_wanted(row.key)}: {link.key} is left out and falls back to itself"
    )
    mend = f"set {link.key} to the address of {case.a_node_of(*row.peers)}"
    if row.key == KEY_MANAGER_SERVICE and role is Role.GATEWAY:
        return warning("LAB0117", what, link.source, mend, link)
    return error("LAB0117", what, link.source, mend, link)


def _is_hub(case: Case, node: str) -> bool:
    """Tell whether others have this node for their event hub, as without control plane."""
    return not case.cluster.has_role(Role.CONTROL_PLANE) and any(
        reading.row is not None
        and reading.row.key == HUB_SERVICE
        and reading.link.to == node != reading.link.node
        for reading in case.readings
    )


def _wanted(key: str) -> str:
    if key == KEY_MANAGER_SERVICE:
        return "key manager"
    return "event hub" if key.startswith("apim.event_hub") else "traffic manager"

"""Tells by the links of the 2.x line what a node is used for: no file of it names its profile."""

from lab.products.facts import Role
from lab.products.keys_2x import DIRECTORY, THROTTLING
from lab.wiring.check.case import Case


def is_traffic_manager(case: Case, node: str) -> bool:
    """Tell whether others ask a node to throttle alone, and it asks none of them for anything.

    What its delivered file leads to itself for, such as the portals' logins, nobody uses. The
    directory of its users is no question of its profile.
    """
    asked: set[str] = set()
    for reading in case.readings:
        link, row = reading.link, reading.row
        if row is None or row.key == DIRECTORY or link.to == link.node:
            continue
        if link.node == node and link.to in case.cluster.nodes:
            return False
        if link.to == node:
            asked.add(row.key)
    is_product = case.cluster.role_of(node) is Role.API_MANAGER
    return is_product and bool(asked) and asked <= THROTTLING

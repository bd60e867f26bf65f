"""Tells by the links of the 2.x line what a node is used for: no file of it names its profile."""

from lab.products.facts import Role
from lab.products.keys_2x import AUTH_MANAGER, DIRECTORY, THROTTLING
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


def has_portals(case: Case, node: str) -> bool:
    """Tell whether a node's publisher or store is used, as far as its links tell.

    Where others ask a key manager who logs in, a node that asks itself, as delivered, has nobody
    to ask for: a gateway, or a key manager of the same product.
    """
    asking = {
        reading.link.node
        for reading in case.readings
        if reading.row is not None
        and reading.row.key == AUTH_MANAGER
        and reading.link.to != reading.link.node
    }
    return not asking or node in asking or case.cluster.role_of(node) is not Role.API_MANAGER

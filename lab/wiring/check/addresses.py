"""Checks where each link leads: a usable URL, a host somebody has, a role, port and path.

The first of these that fails is the link's one finding: the later ones only follow from it.
"""

from collections.abc import Iterator

from lab.products.facts import Role
from lab.products.keys_4x import BROKER
from lab.wiring.check.case import Case, error
from lab.wiring.check.hosts import judge_host
from lab.wiring.check.jdbc_urls import judge_database
from lab.wiring.check.left_out import judge_fall_back, judge_left_out
from lab.wiring.check.names import find_slips
from lab.wiring.check.placement import find_misplaced
from lab.wiring.check.ports import judge_near, judge_port, urls_beside
from lab.wiring.check.service_paths import judge_path
from lab.wiring.fallbacks import PRODUCT_DEFAULT
from lab.wiring.finding import Finding
from lab.wiring.reading import Reading
from lab.wiring.toml_reader import pattern


def check_addresses(case: Case) -> Iterator[Finding]:
    """Give at most one finding for each link's address."""
    for reading in case.readings:
        if reading.value.troubles and not never_has_a_port(reading):
            continue  # what can't be known can't be judged; check_values says so
        finding = _judge(case, reading)
        if finding is not None:
            yield finding


def never_has_a_port(reading: Reading) -> bool:
    """Tell whether the port is a text without a property, whatever becomes of the host's."""
    address = reading.address
    if address is None or address.port_is_usable:
        return False
    port = address.url.split("/")[2].rpartition(":")[2]
    return port != address.host and "$" not in port


def _judge(case: Case, reading: Reading) -> Finding | None:
    if reading.link.default_of and _is_slip(case, reading):
        return None  # the key is there, misspelt or misplaced, and that is said
    if reading.link.default_of == PRODUCT_DEFAULT:
        return judge_left_out(case, reading)
    steps = (
        *(_judge_url, judge_host, judge_fall_back, judge_near, _judge_role, judge_port),
        judge_path,
    )
    for step in steps:
        finding = step(case, reading)
        if finding is not None:
            return finding
    return None


def _is_slip(case: Case, reading: Reading) -> bool:
    settings = case.cluster.nodes[reading.link.node]
    slips = find_slips(settings)
    meant = [pattern((*path[:-1], near)).replace("[]", "") for path, near in slips.items()]
    meant += find_misplaced(settings).values()
    return any(f"{reading.link.key}.".startswith(f"{key}.") for key in meant)


def _judge_url(case: Case, reading: Reading) -> Finding | None:
    """LAB0114: a value that no connection can be made from."""
    link, row, address = reading.link, reading.row, reading.address
    if row is None:
        return judge_database(case, reading) if reading.is_database else None
    schemes = " or ".join(f"{scheme}://" for scheme in row.speaks)
    mend = f"write {schemes}HOST:PORT"
    if address is None:
        what = f"{link.key} is {'no URL with a host' if reading.value.raw.strip() else 'empty'}"
        return error("LAB0114", what, link.source, mend, link)
    if address.scheme not in row.speaks:
        what = f"{link.key} begins with {address.scheme}://, and the product expects {schemes}"
        return error("LAB0114", what, link.source, mend, link)
    if row.speaks is BROKER and reading.value.text != reading.value.text.strip():
        what = f"{link.key} holds a blank, and is copied into a list of brokers as it is"
        return error("LAB0114", what, link.source, f"write {link.url}", link)
    if not address.port_is_usable:
        return error("LAB0114", f"{link.url} has no usable port", link.source, mend, link)
    return None


def _judge_role(case: Case, reading: Reading) -> Finding | None:
    """LAB0109: a node that is there, and whose role doesn't answer this."""
    link, row = reading.link, reading.row
    role = case.cluster.role_of(link.to or "")
    if row is None or role is None or not row.peers or link.default_of:
        return None
    # Without a control plane it is the event hub.
    is_hub = role is Role.TRAFFIC_MANAGER and not case.cluster.has_role(Role.CONTROL_PLANE)
    if is_hub or row.is_answered_by(role):
        return None
    what = f"{link.to} is {case.a_node_of(role)} and doesn't answer what {link.key} asks"
    beside = urls_beside(case, reading)
    mend = f"write {beside}" if beside else f"name {case.a_node_of(*row.peers)}"
    return error("LAB0109", what, link.source, mend, link)

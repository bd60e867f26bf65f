"""Checks the paths of service URLs, which the product cuts at `/services` and nowhere else."""

from lab.products.keys_4x import HUB_SERVICE, KEY_MANAGER_SERVICE, THROTTLING_SERVICE
from lab.wiring.check.case import Case, error, warning
from lab.wiring.finding import Finding
from lab.wiring.reading import Reading

_TELL = {KEY_MANAGER_SERVICE: error, HUB_SERVICE: error, THROTTLING_SERVICE: warning}
_SERVICES = "/services"
_CONTEXT = "server.proxy_context_path"


def judge_path(case: Case, reading: Reading) -> Finding | None:
    """LAB0181: a path that stays before the names of the services; of a proxy nobody can tell."""
    link, row, address = reading.link, reading.row, reading.address
    tell = _TELL.get(row.key) if row else None
    if tell is None or address is None or link.to is None or link.default_of:
        return None
    before = address.path.partition(_SERVICES)[0].strip("/")
    peer = case.cluster.nodes.get(link.to)
    if not before or (peer and peer.text(_CONTEXT)):
        return None
    what = f"{link.key} is {link.url}, of which the product leaves /{before} before each path"
    place = f"{address.scheme}://{address.url.split('/')[2]}"
    return tell("LAB0181", what, link.source, f"write {place}{_SERVICES}/", link)

"""Checks that the data publisher's receiver URLs and login URLs go together, and count together."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lab.products.facts import Line
from lab.products.keys_2x import RECEIVER_LOGINS, RECEIVERS
from lab.products.keys_4x import HUB_GROUP, RECEIVER_AUTH_RAW, RECEIVER_RAW, REQUESTS_GROUP
from lab.wiring.check.case import Case, error, warning
from lab.wiring.finding import Finding
from lab.wiring.link import Position
from lab.wiring.settings import Settings, steps
from lab.wiring.toml_reader import KeyPath, spell
from lab.wiring.urls import parse_groups, parse_url

_CODE = "LAB0107"
_BODY = re.compile(r"\{([^{}]*)\}")
_NAMES = {
    REQUESTS_GROUP: ("traffic_manager_urls", "traffic_manager_auth_urls"),
    HUB_GROUP: ("urls", "auth_urls"),
}
_INSTEAD = {REQUESTS_GROUP: (RECEIVER_RAW, RECEIVER_AUTH_RAW)}
_RAW = {
    Line.TOML: ((RECEIVER_RAW, RECEIVER_AUTH_RAW),),
    Line.XML: ((RECEIVERS, RECEIVER_LOGINS),),
}


def check_groups(case: Case) -> Iterator[Finding]:
    """Give a finding for each group whose two sides the data agent refuses or would mix up."""
    for settings in case.cluster.nodes.values():
        for root, names in _NAMES.items():
            groups = settings.written(root)
            if isinstance(groups, list):
                for index, group in enumerate(groups):
                    yield from _check_group(case, settings, (*steps(root), index), group, names)
    yield from check_raw_groups(case)


def _check_group(
    case: Case, settings: Settings, path: KeyPath, group: Any, names: tuple[str, str]
) -> Iterator[Finding]:
    if not isinstance(group, dict):
        return
    receivers, logins = (group.get(name) for name in names)
    yield from _check_split(settings, path, group, names[0])
    if receivers is None or logins is None:
        yield from _half(settings, path, group, names)
    if not isinstance(receivers, list) or not isinstance(logins, list):
        return
    at = settings.document.position((*path, names[1]))
    if len(receivers) != len(logins):
        what = f"{spell(path)} has {len(receivers)} {names[0]} and {len(logins)} {names[1]}"
        mend = f"give each of {names[0]} its ssl:// URL, in the same order"
        yield _mismatch(what, at, mend, spell((*path, names[1])))
        return
    for index in range(len(logins)):
        pair = [settings.resolved((*path, name, index)).text for name in names]
        at = settings.document.position((*path, names[1], index))
        if what := _are_apart(case, settings.name, pair):
            mend = "name the same host in both URLs"
            yield _mismatch(what, at, mend, spell((*path, names[1], index)))


def _half(
    settings: Settings, path: KeyPath, group: Mapping[str, Any], names: tuple[str, str]
) -> Iterator[Finding]:
    """Say which side of a group is left out; not of groups that a raw text stands in for."""
    if any(settings.written(raw) for raw in _INSTEAD.get(spell(path[:-1]), ())):
        return
    left_out = [name for name in names if name not in group]
    what = f"{spell(path)} has no {' and no '.join(left_out)}, of which the product makes {{}}"
    mend = f"write {' and '.join(left_out)}, or leave the whole group out"
    at = settings.document.position(path)
    yield _mismatch(what, at, mend, spell((*path, left_out[0])))


def _check_split(
    settings: Settings, path: KeyPath, group: Mapping[str, Any], name: str
) -> Iterator[Finding]:
    """LAB0152: requests dealt out among traffic managers, of which each counts its share alone."""
    receivers = group.get(name)
    is_split = group.get("type") == "loadbalance" and path[:-1] == steps(REQUESTS_GROUP)
    if is_split and isinstance(receivers, list) and len(receivers) > 1:
        what = f"{spell(path)} deals requests out among {len(receivers)} traffic managers"
        mend = "give each traffic manager a [[apim.throttling.url_group]] of its own"
        at = settings.document.position((*path, "type"))
        yield warning("LAB0152", what, at, mend, key=spell((*path, "type")))


def _are_apart(case: Case, node: str, pair: Sequence[str]) -> str:
    """Say that the URLs lead to two nodes; not of a host that nobody has, which is said there."""
    one, other = (parse_url(url) for url in pair)
    if one is None or other is None or one.host.lower() == other.host.lower():
        return ""
    known = [case.cluster.holder_of(at.host, node, at.port) for at in (one, other)]
    if known[0] == known[1] is not None or known.count(None) == 1:
        return ""
    return f"it logs in at {other.host} and publishes to {one.host}, which doesn't know the session"


def check_raw_groups(case: Case) -> Iterator[Finding]:
    """Check groups that stand in one text, `{url|url},{url,url}`, in receivers as in logins."""
    for settings in case.cluster.nodes.values():
        for receivers, logins in _RAW[settings.tables.line]:
            yield from _check_raw(settings, receivers, logins)


def _check_raw(settings: Settings, receivers: str, logins: str) -> Iterator[Finding]:
    receiver, login = settings.value(receivers), settings.value(logins)
    for value in (receiver, login):
        if value and any("," in body and "|" in body for body in _BODY.findall(value.text)):
            what = "one group mixes , (load balance) and | (failover)"
            yield _mismatch(what, value.used_at, "use one of the two in a group", spell(value.path))
    if receiver is None or login is None:
        yield from _half_of_raw(settings, receivers, logins)
        return
    shapes = [[len(group) for group in parse_groups(value.text)] for value in (receiver, login)]
    if shapes[0] != shapes[1]:
        what = f"{receivers} and {logins} don't have the same groups"
        mend = "give each receiver URL its ssl:// URL, in its group"
        yield _mismatch(what, login.used_at, mend, logins)


def _half_of_raw(settings: Settings, receivers: str, logins: str) -> Iterator[Finding]:
    """Say which text is left out: the 4.x templates put the node itself in its place."""
    given = [key for key in (receivers, logins) if settings.written(key) is not None]
    has_groups = settings.written(REQUESTS_GROUP) is not None
    if not given or has_groups or settings.tables.line is not Line.TOML:
        return
    left_out = logins if given == [receivers] else receivers
    what = f"{left_out} is left out, so the product takes the node's own for it"
    at = settings.document.position(steps(given[0]))
    yield _mismatch(what, at, f"write {left_out}, with the hosts of {given[0]}", given[0])


def _mismatch(what: str, at: Position, mend: str, key: str) -> Finding:
    return error(_CODE, what, at, mend, key=key)

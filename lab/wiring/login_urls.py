"""Finds the login URL that belongs to a data publisher's receiver URL."""

from typing import Any

from lab.products.connection_key import ConnectionKey, Form
from lab.products.facts import Line
from lab.wiring.reading import Place
from lab.wiring.settings import Settings, steps
from lab.wiring.toml_reader import KeyPath
from lab.wiring.urls import Address, is_port, parse_groups, parse_url

_LOGIN_OFFSET = 100  # the agent's rule where no login URL is given: same host, port + 100, ssl


def find_login_url(
    settings: Settings, row: ConnectionKey, address: Address | None, place: Place
) -> str:
    """Give the login URL of a receiver URL.

    Where none is given the agent makes one, in the 2.x line alone: the templates of the 4.x line
    never leave it to the agent, and give it an empty group.
    """
    if not row.partner or address is None:
        return ""
    partner = _partner(settings, row, place)
    if partner is None and settings.tables.line is Line.XML:
        port = address.port + _LOGIN_OFFSET
        host = f"[{address.host}]" if ":" in address.host else address.host
        return f"ssl://{host}:{port}" if is_port(port) else ""
    login = parse_url(partner or "")
    return login.url if login and login.port_is_usable else ""


def _partner(settings: Settings, row: ConnectionKey, place: Place) -> str | None:
    if row.form is Form.GROUP:
        raw = settings.value(row.partner)
        index = place.path[-1]
        urls = [url for group in parse_groups(raw.text) for url in group] if raw else []
        known = isinstance(index, int) and index < len(urls)
        return urls[int(index)] if known else "" if raw else None
    path = _partner_path(row, place)
    group: Any = settings.document.value(path[:-1])
    if group is None:
        return None
    return settings.resolved(path).text if settings.document.value(path) is not None else ""


def _partner_path(row: ConnectionKey, place: Place) -> KeyPath:
    """Give the path of the login URL in the same group, where the values are really written."""
    if place.default_of:
        written = steps(place.default_of)
        return (*written[:-2], "traffic_manager_auth_urls", written[-1])
    if not isinstance(place.path[-1], int):
        return (*place.path[:-1], row.partner)
    return (*place.path[:-2], row.partner, place.path[-1])

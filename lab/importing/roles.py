"""Tells a node's role: from `server_role`, from what its file holds, or from its name."""

import re

from lab.errors import LabError, Problem
from lab.products.defaults_4x import PROFILE_ROLES
from lab.products.facts import Role
from lab.wiring.settings import steps
from lab.wiring.toml_reader import Document

_NAMES = {
    Role.GATEWAY: ("gw", "gateway"),
    Role.CONTROL_PLANE: ("cp", "acp", "control"),
    Role.TRAFFIC_MANAGER: ("tm", "traffic"),
    Role.KEY_MANAGER: ("km", "key", "keymanager"),
}
_WORD = re.compile(r"[a-z]+")

_ENVIRONMENTS = "apim.gateway.environment"
_REQUESTS = ("apim.throttling.url_group", "apim.throttling.receiver_url")
_SYNC = "apim.sync_runtime_artifacts"
_HUB = ("apim.event_hub.service_url", "apim.event_hub.event_listening_endpoints")
_ISSUES_TOKENS = ("event_listener", "event_handler", "service_provider")


def role_told(name: str, document: Document, told: Role | None) -> tuple[Role, str]:
    """Give the role and how it is known; raises `LabError` when nothing tells it."""
    if told is not None:
        return told, "--role"
    profile = document.value(("server", "server_role"))
    if isinstance(profile, str) and profile in PROFILE_ROLES:
        return PROFILE_ROLES[profile], f'server_role = "{profile}"'
    held, named = _held(document), _named(name)
    if held is not None and named in (None, held):
        return held, "what its file holds"
    if named is not None and _has_any(document, *_HUB, *_REQUESTS):
        return named, "its name"
    said = f"server_role is {profile!r}" if profile else "server_role is missing"
    at = str(document.position(("server", "server_role")))
    if not _has_any(document, *_HUB, *_REQUESTS):
        what = f"{name} names no other node, as an all-in-one does, and that is no role of a lab"
    else:
        what = f"the role of {name} can't be told: {said}"
    raise LabError(Problem(what, at, f"say --role {name}=ROLE, one of {', '.join(Role)}"))


def _held(document: Document) -> Role | None:
    if not _has_any(document, *_REQUESTS, *_HUB):
        return None
    if _has_any(document, _ENVIRONMENTS):
        return Role.CONTROL_PLANE
    if _has_any(document, *_REQUESTS, _SYNC):
        return Role.GATEWAY
    return Role.KEY_MANAGER if _has_any(document, *_ISSUES_TOKENS) else Role.TRAFFIC_MANAGER


def _named(name: str) -> Role | None:
    words = set(_WORD.findall(name.lower()))
    found = [role for role, names in _NAMES.items() if words.intersection(names)]
    return found[0] if len(found) == 1 else None


def _has_any(document: Document, *keys: str) -> bool:
    return any(document.value(steps(key)) is not None for key in keys)

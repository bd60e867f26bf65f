"""Tells a node's role: from `server_role`, from what its file holds, or from its name."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from lab.errors import LabError, Problem
from lab.products.defaults_4x import PROFILE_ROLES
from lab.products.facts import Role
from lab.products.tables_2x import SERVER_KEYS
from lab.wiring.settings import Settings, steps
from lab.wiring.toml_reader import Document

_NAMES = {
    Role.GATEWAY: ("gw", "gateway"),
    Role.CONTROL_PLANE: ("cp", "acp", "control"),
    Role.TRAFFIC_MANAGER: ("tm", "traffic"),
    Role.KEY_MANAGER: ("km", "key", "keymanager"),
}
_SERVER_KEY = "carbon.ServerKey"
_WORD = re.compile(r"[a-z]+")

_ENVIRONMENTS = "apim.gateway.environment"
_REQUESTS = ("apim.throttling.url_group", "apim.throttling.receiver_url")
_SYNC = "apim.sync_runtime_artifacts"
_HUB = ("apim.event_hub.service_url", "apim.event_hub.event_listening_endpoints")
_ISSUES_TOKENS = ("event_listener", "event_handler", "service_provider")


@dataclass(frozen=True, slots=True)
class Told:
    """A node's settings, its role, and how that is known."""

    settings: Settings
    role: Role
    because: str


def toml_role(name: str, document: Document, told: Role | None, path: Path) -> Told:
    """Tell the role of a node with a deployment.toml; raises `LabError` when nothing tells it."""
    role, because = _role_told(name, document, told)
    return Told(Settings(name, document, role, path), role, because)


def xml_role(settings: Settings, told: Role | None) -> Told:
    """Tell the role of a node of the 2.x line, whose `<ServerKey>` names its product."""
    if told is not None:
        return Told(replace(settings, role=told), told, "--role")
    if settings.role is None:
        key = settings.value(_SERVER_KEY)
        said = f"<ServerKey> is {key.text!r}" if key else "carbon.xml has no <ServerKey>"
        at = str(key.used_at) if key else settings.document.file
        name = settings.name
        mend = f"say --role {name}={Role.API_MANAGER} or {name}={Role.KEY_MANAGER}"
        raise LabError(Problem(f"the role of {name} can't be told: {said}", at, mend))
    if settings.role is Role.API_MANAGER and _named(settings.name) is Role.KEY_MANAGER:
        # The same distribution, started with -Dprofile=api-key-manager, which no file says.
        return Told(replace(settings, role=Role.KEY_MANAGER), Role.KEY_MANAGER, "its name")
    written = settings.text(_SERVER_KEY)
    because = f"<ServerKey>{written}" if written in SERVER_KEYS else "its embedded-ldap.xml"
    return Told(settings, settings.role, because)


def _role_told(name: str, document: Document, told: Role | None) -> tuple[Role, str]:
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
    roles = ", ".join(dict.fromkeys(PROFILE_ROLES.values()))
    raise LabError(Problem(what, at, f"say --role {name}=ROLE, one of {roles}"))


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

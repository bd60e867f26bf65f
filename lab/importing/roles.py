"""Tells a node's role: from `server_role`, from what its file holds, or from its name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lab.errors import LabError, Problem
from lab.products.defaults_4x import PROFILE_ROLES
from lab.products.facts import Role
from lab.products.versions_4x import DISTRIBUTIONS_SINCE, parse_version
from lab.wiring.cluster import LOCAL_HOSTS
from lab.wiring.key_managers import key_managers
from lab.wiring.role_names import role_named
from lab.wiring.settings import Settings, steps
from lab.wiring.toml_reader import Document
from lab.wiring.urls import parse_url
from lab.wiring.xml_roles import BY_NAME, tell_role

_SERVER_KEY = "carbon.ServerKey"

_ENVIRONMENTS = "apim.gateway.environment"
_WHOLE = "default"  # up to 4.4 the profile of an all-in-one; from 4.5 on every distribution's
# An environment's addresses for calls, each with the property that holds a gateway's own port.
_CALLED_AT = {"https_endpoint": "https.nio.port", "http_endpoint": "http.nio.port"}
_REQUESTS = ("apim.throttling.url_group", "apim.throttling.receiver_url")
_SYNC = "apim.sync_runtime_artifacts"
_HUB = ("apim.event_hub.service_url", "apim.event_hub.event_listening_endpoints")
_ISSUES_TOKENS = ("event_listener", "event_handler", "service_provider")
_HELD = "what its file holds"
_SAID = "server_role = "
_ASKED = "it follows another's event hub, and is asked about tokens"


@dataclass(frozen=True, slots=True)
class Told:
    """A node's settings, its role, and how that is known."""

    settings: Settings
    role: Role
    because: str


def toml_role(settings: Settings, told: Role | None, version: str | None) -> Told:
    """Tell the role of a node with a deployment.toml; raises `LabError` when nothing tells it.

    *version* is the product's, where it is known.
    """
    role, because = _role_told(settings, told, version)
    return Told(replace(settings, role=role), role, because)


def told_together(nodes: Sequence[Told]) -> list[Told]:
    """Tell what a node's role is beside the others, where its own file can't.

    What look like control planes are all-in-ones where there is no other node at all: their files
    are alike, but a control plane's cluster has gateways. A `server_role` of a control plane may be
    a key manager's.
    """
    if all(map(_looks_like_a_control_plane, nodes)):
        return [_as(Role.ALL_IN_ONE, one, f"{_HELD}, and no other node is there") for one in nodes]
    asked = key_managers([one.settings for one in nodes])
    return [
        _as(Role.KEY_MANAGER, one, _ASKED) if one.settings.name in asked and _is_said(one) else one
        for one in nodes
    ]


def _as(role: Role, one: Told, because: str) -> Told:
    return Told(replace(one.settings, role=role), role, because)


def _is_said(one: Told) -> bool:
    """Tell whether `server_role` told the role, and nobody else."""
    return one.because.startswith(_SAID)


def _looks_like_a_control_plane(one: Told) -> bool:
    by_its_file = (one.role, one.because) == (Role.CONTROL_PLANE, _HELD)
    return by_its_file and role_named(one.settings.name) is None


def xml_role(settings: Settings, told: Role | None) -> Told:
    """Tell the role of a node of the 2.x line, whose `<ServerKey>` names its product."""
    if told is not None:
        return Told(replace(settings, role=told), told, "--role")
    role, because = tell_role(settings.name, settings.document)
    if role is None:
        key = settings.value(_SERVER_KEY)
        said = f"<ServerKey> is {key.text!r}" if key else "carbon.xml has no <ServerKey>"
        at = str(key.used_at) if key else settings.document.file
        name = settings.name
        mend = f"say --role {name}={Role.API_MANAGER} or {name}={Role.KEY_MANAGER}"
        raise LabError(Problem(f"the role of {name} can't be told: {said}", at, mend))
    return Told(settings, role, because)


def _role_told(settings: Settings, told: Role | None, version: str | None) -> tuple[Role, str]:
    if told is not None:
        return told, "--role"
    profile = settings.written("server.server_role")
    if isinstance(profile, str) and profile in PROFILE_ROLES:
        return PROFILE_ROLES[profile], f'{_SAID}"{profile}"'
    since = parse_version(version or "")
    if profile == _WHOLE and since is not None and since < DISTRIBUTIONS_SINCE:
        return Role.ALL_IN_ONE, f'{_SAID}"{profile}" in {version}'
    return _role_guessed(settings)


def _role_guessed(settings: Settings) -> tuple[Role, str]:
    """Tell the role by what a file holds and its node's name, which must not contradict it."""
    name, document = settings.name, settings.document
    held, named = _held(document), role_named(name)
    if held is not None and named in (None, held):
        if held is Role.CONTROL_PLANE and named is None and _serves_its_environments(settings):
            return Role.ALL_IN_ONE, "its APIs are called at its own gateway"
        return held, _HELD
    names_others = _has_any(document, *_HUB, *_REQUESTS)
    if named is not None and (names_others or named is Role.ALL_IN_ONE):
        return named, BY_NAME
    if named is None and not names_others and _is_api_manager_s(settings):
        return Role.ALL_IN_ONE, "it names no other node"
    raise LabError(_untold(settings, names_others=names_others))


def _is_api_manager_s(settings: Settings) -> bool:
    """Tell whether a file is API Manager's: other products have a deployment.toml too."""
    return settings.written("server.server_role") == _WHOLE or settings.written("apim") is not None


def _untold(settings: Settings, *, names_others: bool) -> Problem:
    name, profile = settings.name, settings.written("server.server_role")
    if names_others:
        said = f"server_role is {profile!r}" if profile else "server_role is missing"
        what = f"the role of {name} can't be told: {said}"
    else:
        why = "nothing else" if _is_api_manager_s(settings) else "no [apim] table"
        what = f"{name} names no other node, and {why} tells that it is an all-in-one"
    at = str(settings.document.position(("server", "server_role")))
    roles = ", ".join(dict.fromkeys((*PROFILE_ROLES.values(), Role.ALL_IN_ONE)))
    return Problem(what, at, f"say --role {name}=ROLE, one of {roles}")


def _serves_its_environments(settings: Settings) -> bool:
    """Tell whether every environment's APIs are called at the node itself."""
    own = {settings.hostname.lower(), settings.text("server.node_ip").lower(), *LOCAL_HOSTS}
    tables = settings.written(_ENVIRONMENTS)
    called = []
    for index, table in enumerate(tables if isinstance(tables, list) else ()):
        for key, port in _CALLED_AT.items():
            if isinstance(table, Mapping) and key in table:
                at = parse_url(settings.resolved((*steps(_ENVIRONMENTS), index, key)).text)
                is_own = at is not None and at.host.lower() in own
                called.append(is_own and at is not None and at.port == settings.port(port))
    return bool(called) and all(called)


def _held(document: Document) -> Role | None:
    if not _has_any(document, *_REQUESTS, *_HUB):
        return None
    if _has_any(document, _ENVIRONMENTS):
        return Role.CONTROL_PLANE
    if _has_any(document, *_REQUESTS, _SYNC):
        return Role.GATEWAY
    return Role.KEY_MANAGER if _has_any(document, *_ISSUES_TOKENS) else Role.TRAFFIC_MANAGER


def _has_any(document: Document, *keys: str) -> bool:
    return any(document.value(steps(key)) is not None for key in keys)

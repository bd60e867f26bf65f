"""Where a smoke test asks what: control plane, key manager and gateway, by their own names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lab.errors import Problem, UsageError
from lab.plan.model import Account, Plan, PlannedNode
from lab.products.apim_4x import (
    GATEWAY_HTTPS_PORT,
    MANAGEMENT_PORT,
    SERVLET_HTTP_PORT,
)
from lab.products.facts import Line, Protocol, Role
from lab.products.versions_4x import Version, version_of

_DEFAULT_ENVIRONMENT = "Default"
_HTTPS = 443

# The version of each REST service's path, by the product's (its OpenAPI files at each tag).
_PUBLISHER: Mapping[Version, str] = {(4, 0): "v2", (4, 1): "v3"}
_PUBLISHER_SINCE_4_2 = "v4"
_DEVPORTAL: Mapping[Version, str] = {(4, 0): "v2", (4, 1): "v2"}
_DEVPORTAL_SINCE_4_2 = "v3"

Ways = Mapping[tuple[str, int], int]


@dataclass(frozen=True, slots=True)
class Site:
    """The base URLs of one lab, without a slash at their end, and who asks there."""

    control_plane: str
    publisher: str
    devportal: str
    key_manager: str
    gateways: Mapping[str, str]  # environment → its gateway's HTTPS URL
    backend: str  # what an API leads to, as gateways reach it
    admin: Account  # the control plane's
    line: Line = Line.TOML


def site_of(plan: Plan, ways: Ways) -> Site:
    """Find the places of a plan; *ways* are the names and ports that this machine reaches.

    Raises `UsageError` for a lab that lacks a role, or whose stand-ins have no portals.
    """
    return _SITES[plan.line](plan, ways)


def _of_2x(plan: Plan, ways: Ways) -> Site:
    """Find the places of API Manager 2.x: all but the key manager's are its own."""
    node = _first(plan, Role.API_MANAGER)
    key_manager = next(iter(plan.nodes_of(Role.KEY_MANAGER)), node)
    _refuse_stand_ins(plan)
    base = _reached(plan, node, MANAGEMENT_PORT, ways)
    return Site(
        control_plane=base,
        publisher=f"{base}/api/am/publisher/v0.11",
        devportal=f"{base}/api/am/store/v0.11",
        key_manager=_reached(plan, key_manager, MANAGEMENT_PORT, ways),
        gateways={_DEFAULT_ENVIRONMENT: _reached(plan, node, GATEWAY_HTTPS_PORT, ways)},
        backend=f"http://{node.hostname}:{SERVLET_HTTP_PORT + node.offset}/services",
        admin=node.super_admin,
        line=Line.XML,
    )


def _of_4x(plan: Plan, ways: Ways) -> Site:
    control_plane = _first(plan, Role.CONTROL_PLANE)
    _first(plan, Role.GATEWAY)
    _refuse_memory(plan, control_plane)
    key_manager = _first(plan, Role.KEY_MANAGER)
    backend_port = SERVLET_HTTP_PORT + control_plane.offset
    number = version_of(plan.version)[:2]
    base = _reached(plan, control_plane, MANAGEMENT_PORT, ways)
    return Site(
        control_plane=base,
        publisher=f"{base}/api/am/publisher/{_PUBLISHER.get(number, _PUBLISHER_SINCE_4_2)}",
        devportal=f"{base}/api/am/devportal/{_DEVPORTAL.get(number, _DEVPORTAL_SINCE_4_2)}",
        key_manager=_reached(plan, key_manager, MANAGEMENT_PORT, ways),
        gateways=_gateways(plan, ways),
        backend=f"http://{control_plane.hostname}:{backend_port}/services",
        admin=control_plane.super_admin,
    )


_SITES: Mapping[Line, Callable[[Plan, Ways], Site]] = {Line.TOML: _of_4x, Line.XML: _of_2x}


def _refuse_stand_ins(plan: Plan) -> None:
    """Refuse stand-ins of the 2.x line: they have neither portals nor APIs."""
    names = [node.name for node in plan.nodes if not node.is_real]
    if names:
        what = f"{', '.join(names)}: stand-ins of API Manager {plan.version} have no portals"
        mend = 'bring the product up: `kind = "home:PATH"` for each node'
        raise UsageError(Problem(what, f"lab {plan.lab}", mend))


def _first(plan: Plan, role: Role) -> PlannedNode:
    nodes = plan.nodes_of(role)
    if not nodes:
        raise UsageError(Problem(f"it has no {role}", f"lab {plan.lab}", "give the topology one"))
    return nodes[0]


def _refuse_memory(plan: Plan, control_plane: PlannedNode) -> None:
    """Refuse a stand-in whose file keeps APIs in H2: it keeps nothing there."""
    if control_plane.databases.get("apim_db") is None and not control_plane.is_real:
        what = f"the stand-in {control_plane.name} has its apim_db in H2, where it keeps nothing"
        mend = "give it one in MySQL, or bring the product up: `lab up --nodes home:PATH`"
        raise UsageError(Problem(what, f"lab {plan.lab}", mend))


def _reached(plan: Plan, node: PlannedNode, port: int, ways: Ways) -> str:
    """Give the URL of a node's port, *port* at offset 0: the balancer's where people reach that."""
    balancer = plan.balancer_before(node.name)
    if balancer is not None:
        for front in balancer.fronts:
            is_published = (balancer.hostname.lower(), front.port) in ways
            if is_published and front.protocol is Protocol.HTTPS and front.target == port:
                return _url(balancer.hostname, front.port)
    return _url(node.hostname, port + node.offset)


def _gateways(plan: Plan, ways: Ways) -> Mapping[str, str]:
    """Give each environment's first gateway; one without labels serves the default."""
    found: dict[str, str] = {}
    for node in plan.nodes_of(Role.GATEWAY):
        for name in node.environments or (_DEFAULT_ENVIRONMENT,):
            found.setdefault(name, _reached(plan, node, GATEWAY_HTTPS_PORT, ways))
    return found


def _url(host: str, port: int) -> str:
    return f"https://{host}" if port == _HTTPS else f"https://{host}:{port}"

"""A plan in lines that people read and tests compare: what will exist, and no password."""

from collections.abc import Iterator

from lab.plan.model import (
    KeySource,
    Plan,
    PlannedBalancer,
    PlannedNode,
    PlannedServer,
    SchemaPlace,
)
from lab.topology.model import DEFAULT_ENVIRONMENT


def plan_text(plan: Plan) -> str:
    """Give the lines of `lab plan`."""
    return "\n".join(_lines(plan))


def _lines(plan: Plan) -> Iterator[str]:
    yield f"lab {plan.lab}: {plan.product} {plan.version}"
    yield f"  network     {plan.network}{', without a way out' if plan.is_closed else ''}"
    for subnet in plan.subnets:
        yield f"  addresses   {subnet.subnet}"
    yield f"  prober      {plan.prober}"
    yield f"  dbscripts   {plan.dbscripts or 'of the nodes'}"
    if plan.encryption:
        yield f"  key         {_key(plan.encryption)}"
    for server in plan.servers:
        yield ""
        yield from _server_lines(server)
    for balancer in plan.balancers:
        yield ""
        yield from _balancer_lines(balancer, plan)
    for node in plan.nodes:
        yield ""
        yield from _node_lines(node, plan)


def _key(source: KeySource) -> str:
    if source.file:
        return f"for encryption, from {source.file}"
    return f"for encryption, {'of the topology' if source.key else 'made by the lab'}"


def _server_lines(server: PlannedServer) -> Iterator[str]:
    yield f"server {server.name}: MySQL"
    yield f"  container   {server.container}"
    yield f"  names       {', '.join((*server.aliases, *server.addresses))}"
    yield f"  port        {server.port}"
    for schema in server.schemas:
        yield f"  schema      {schema.name}: {schema.script}, {schema.charset} {schema.collation}"
    for account in server.accounts:
        yield f"  account     {account.username}, from any host, all schemas"


def _balancer_lines(balancer: PlannedBalancer, plan: Plan) -> Iterator[str]:
    yield f"balancer {balancer.name}: HAProxy before {', '.join(balancer.members)}"
    yield f"  container   {balancer.container}"
    yield f"  names       {', '.join((*balancer.aliases, *balancer.addresses))}"
    for front in balancer.fronts:
        targets = " ".join(
            f"{name}:{front.target + plan.node(name).offset}" for name in balancer.members
        )
        yield f"  port        {front.port} → {targets}"
    published = " ".join(str(front.port) for front in balancer.fronts if front.published)
    yield f"  from host   {published or 'none'}"
    yield f"  TLS         {'opened here' if balancer.terminates else 'passed through'}"
    if balancer.is_sticky:
        yield "  sessions    one client stays with one member"


def _node_lines(node: PlannedNode, plan: Plan) -> Iterator[str]:
    yield f"node {node.name}: {node.role} ({node.kind})"
    yield f"  container   {node.container}"
    yield f"  names       {', '.join((*node.aliases, *node.addresses))}"
    if node.machine:
        yield f"  machine     {node.machine}"
    if node.file is not None:
        yield f"  own file    {node.file}"
    yield f"  profile     {node.profile}"
    yield f"  started as  {_start(node)}"
    if node.offset:
        yield f"  offset      {node.offset}"
    if node.environments not in ((), (DEFAULT_ENVIRONMENT,)):
        yield f"  serves      {', '.join(node.environments)}"
    yield f"  ports       {' '.join(str(served.port) for served in node.ports)}"
    published = " ".join(str(served.port) for served in node.ports if served.published)
    yield f"  from host   {published or 'none'}"
    for database, place in node.databases.items():
        yield f"  database    {database}: {_store(place, plan)}"
    yield f"  user        {node.super_admin.username}"
    yield f"  starts      {_after(node)}"
    if node.config:
        yield f"  own config  {', '.join(sorted(node.config))}"


def _start(node: PlannedNode) -> str:
    words = " ".join((node.start.script, *node.start.arguments))
    return f"{node.start.distribution} {node.version}, {words}"


def _store(place: SchemaPlace | None, plan: Plan) -> str:
    if place is None:
        return "H2, a file of its own"
    server = plan.server(place.server)
    return f"{place.schema} on {server.hostname}:{server.port}"


def _after(node: PlannedNode) -> str:
    return f"after {', '.join(node.starts_after)}" if node.starts_after else "at once"

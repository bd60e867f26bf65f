"""Plans the database servers, and where each node's databases lie."""

from collections.abc import Mapping

from lab.plan.containers import container_name
from lab.plan.model import Account, PlannedSchema, PlannedServer, SchemaPlace
from lab.products.facts import Release
from lab.topology.databases import H2, Schemas, keepers, schemas_in
from lab.topology.model import DatabaseSection, NodeSection, Topology


def places_of(
    node: NodeSection, topology: Topology, release: Release
) -> Mapping[str, SchemaPlace | None]:
    """Give where a node's databases lie, by their names in its file."""
    schemas = schemas_in(topology.servers, release.schemas)
    kept = keepers(node, release.roles[node.role].databases, schemas)
    return {
        database: None if server in (H2, None) else SchemaPlace(server, schemas[server][database])
        for database, server in kept.items()
    }


def planned_servers(lab: str, topology: Topology, release: Release) -> tuple[PlannedServer, ...]:
    """Give the servers with the schemas that a node uses or that the topology names."""
    schemas = schemas_in(topology.servers, release.schemas)
    used = {
        place
        for node in topology.nodes.values()
        for place in places_of(node, topology, release).values()
    }
    return tuple(
        _server(lab, name, section, _schemas(name, section, schemas, used, release))
        for name, section in topology.servers.items()
    )


def _schemas(
    server: str,
    section: DatabaseSection,
    schemas: Schemas,
    used: set[SchemaPlace | None],
    release: Release,
) -> tuple[PlannedSchema, ...]:
    return tuple(
        PlannedSchema(schema, facts.charset, facts.collation, facts.script)
        for database, facts in release.schemas.items()
        if (schema := schemas[server].get(database))
        and (section.schemas or SchemaPlace(server, schema) in used)
    )


def _server(
    lab: str, name: str, section: DatabaseSection, schemas: tuple[PlannedSchema, ...]
) -> PlannedServer:
    return PlannedServer(
        name=name,
        container=container_name(lab, name),
        hostname=section.hostname,
        aliases=(section.hostname, *section.aliases),
        port=section.port,
        schemas=schemas,
        accounts=(Account(section.username, section.password),),
    )

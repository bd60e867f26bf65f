"""Plans the database servers, and where each node's databases lie."""

from collections.abc import Mapping
from dataclasses import replace

from lab.plan.containers import container_name
from lab.plan.machines import machine_of
from lab.plan.model import Account, PlannedSchema, PlannedServer, SchemaPlace
from lab.products.facts import Release, SchemaFacts
from lab.topology.databases import H2, Schemas, keepers, schemas_in
from lab.topology.model import DatabaseSection, NodeSection, Topology


def places_of(
    node: NodeSection, topology: Topology, release: Release
) -> Mapping[str, SchemaPlace | None]:
    """Give where a node's databases lie, by their names in its file."""
    schemas = schemas_in(topology.servers, release.schemas)
    kept = keepers(node, release.roles[node.role].databases, schemas)
    return {
        database: None if server in (H2, None) else _place(server, database, schemas)
        for database, server in kept.items()
    }


def _place(keeper: str, database: str, schemas: Schemas) -> SchemaPlace:
    """Give the schema of a database, or the one that `SERVER/SCHEMA` names beside it."""
    server, _, schema = keeper.partition("/")
    return SchemaPlace(server, schema or schemas[server].get(database, database))


def planned_servers(lab: str, topology: Topology, release: Release) -> tuple[PlannedServer, ...]:
    """Give the servers with the schemas that a node uses or that the topology names."""
    schemas = schemas_in(topology.servers, release.schemas)
    used = {
        place
        for node in topology.nodes.values()
        for place in places_of(node, topology, release).values()
    }
    return tuple(
        replace(
            _server(lab, name, section, _schemas(name, section, schemas, used, release)),
            machine=machine_of(lab, name, topology),
        )
        for name, section in topology.servers.items()
    )


def _schemas(
    server: str,
    section: DatabaseSection,
    schemas: Schemas,
    used: set[SchemaPlace | None],
    release: Release,
) -> tuple[PlannedSchema, ...]:
    own = [
        (schema, database)
        for database in release.scripts
        if (schema := schemas[server].get(database))
        and (section.schemas or SchemaPlace(server, schema) in used)
    ]
    return tuple(
        _schema(schema, release.scripts[database])
        for schema, database in (*own, *section.also.items())
    )


def _schema(name: str, facts: SchemaFacts) -> PlannedSchema:
    return PlannedSchema(name, facts.charset, facts.collation, facts.script, facts.session)


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
        accounts=(
            Account(section.username, section.password),
            *(Account(one.username, one.password) for one in section.accounts),
        ),
        addresses=tuple(section.addresses),
    )

"""Which server keeps which of the product's databases, for the rules of a topology and the plan."""

from collections.abc import Iterable, Mapping

from lab.products.facts import Store
from lab.topology.model import DatabaseSection, NodeSection

SERVER = "db"  # the server of `[database]`
H2 = Store.H2.value

Schemas = Mapping[str, Mapping[str, str]]


def servers_in(
    single: DatabaseSection | None, several: Mapping[str, DatabaseSection]
) -> Mapping[str, DatabaseSection]:
    """Give all servers by name, that of `[database]` first."""
    return {SERVER: single, **several} if single else several


def schemas_in(servers: Mapping[str, DatabaseSection], known: Iterable[str]) -> Schemas:
    """Give for each server its schemas by the product's databases, of which *known* are all."""
    named = {database for section in servers.values() for database in section.schemas}
    rest = {database: database for database in known if database not in named}
    return {name: section.schemas or rest for name, section in servers.items()}


def keepers(
    node: NodeSection, stores: Mapping[str, Store], schemas: Schemas
) -> Mapping[str, str | None]:
    """Tell by what a node's databases are kept: `h2`, or the server's name; None is nobody.

    *stores* is what its role keeps where. The first server that holds a database keeps it, unless
    the node names another one.
    """
    kept: dict[str, str | None] = {
        database: H2
        if store is Store.H2
        else next((name for name, held in schemas.items() if database in held), None)
        for database, store in stores.items()
    }
    return kept | node.databases

"""What is wrong with a topology's database servers, and with what the nodes want of them."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from lab.errors import Problem
from lab.products.facts import Release
from lab.topology.databases import H2, SERVER, Schemas, keepers, schemas_in, servers_in
from lab.topology.model import DatabaseSection, NodeSection
from lab.topology.nearest import unknown

Servers = Mapping[str, DatabaseSection]
Nodes = Mapping[str, NodeSection]

_SCHEMA = re.compile(r"[A-Za-z0-9_]{1,64}")
_OF_MYSQL = ("information_schema", "mysql", "performance_schema", "sys")


def database_problems(
    nodes: Nodes,
    single: DatabaseSection | None,
    several: Servers,
    release: Release,
    where: str,
) -> Iterator[Problem]:
    """Give what no server can keep, and what no node finds."""
    if single and SERVER in several:
        what = f"[databases.{SERVER}] is another name for [database], and both are there"
        yield Problem(what, f"{where}: databases.{SERVER}", "keep one, or call it something else")
        return
    servers = servers_in(single, several)
    places = {name: f"{where}: databases.{name}" for name in several} | (
        {SERVER: f"{where}: database"} if single else {}
    )
    known = tuple(release.schemas)
    schemas = schemas_in(servers, known)
    for name, section in servers.items():
        yield from _schema_problems(section, tuple(release.scripts), f"{places[name]}.schemas")
    for name, node in nodes.items():
        yield from _wish_problems(node, schemas, known, f"{where}: nodes.{name}.databases")
    kept = {
        name: keepers(node, release.roles[node.role].databases, schemas)
        for name, node in nodes.items()
    }
    yield from _homeless(kept, servers, where)
    used = {keeper for of_node in kept.values() for keeper in of_node.values()}
    yield from _idle(servers, used, places)


def _schema_problems(section: DatabaseSection, known: Sequence[str], at: str) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for database, schema in section.schemas.items():
        if database not in known:
            yield unknown("database", database, known, f"{at}.{database}")
        if not _SCHEMA.fullmatch(schema) or schema.lower() in _OF_MYSQL:
            what = f"a schema can't be called {schema!r}"
            mend = "use 1 to 64 letters, digits and `_`, and no name of MySQL's own"
            yield Problem(what, f"{at}.{database}", mend)
        taken = first.setdefault(schema.lower(), database)
        if taken != database:
            what = f"the schema {schema!r} is {taken}'s already"
            yield Problem(what, f"{at}.{database}", "give each database a schema of its own")


def _idle(
    servers: Servers, used: Collection[str | None], places: Mapping[str, str]
) -> Iterator[Problem]:
    """Give a problem for each server that names no schema and for which nothing is left."""
    without = [name for name, section in servers.items() if not section.schemas]
    for name in without[:1]:
        if name not in used:
            what = f"no node keeps anything on the database server {name!r}"
            yield Problem(what, places[name], "name its databases in `schemas`, or leave it out")
    for name in without[1:]:
        yield Problem(
            f"{without[0]!r} and {name!r} both keep the databases that no server names",
            f"{places[name]}.schemas",
            'name those of one of them, such as schemas = { apim_db = "apim_db" }',
        )


def _wish_problems(
    node: NodeSection, schemas: Schemas, known: Sequence[str], at: str
) -> Iterator[Problem]:
    for database, keeper in node.databases.items():
        place = f"{at}.{database}"
        if database not in known:
            yield unknown("database", database, known, place)
        elif keeper != H2 and keeper not in schemas:
            yield unknown("database server", keeper, (H2, *schemas), place)
        elif keeper != H2 and database not in schemas[keeper]:
            what = f"{database} doesn't lie on the database server {keeper!r}"
            yield Problem(what, place, f"add it to databases.{keeper}.schemas")


def _homeless(
    kept: Mapping[str, Mapping[str, str | None]], servers: Servers, where: str
) -> Iterator[Problem]:
    lacking = {
        name: [database for database, keeper in of_node.items() if keeper is None]
        for name, of_node in kept.items()
    }
    users = [name for name, databases in lacking.items() if databases]
    if users and not servers:
        keep = "keep their" if len(users) > 1 else "keeps its"
        yield Problem(
            f"no database, and {' and '.join(users)} {keep} data in MySQL",
            f"{where}: database",
            "add [database] with hostname, username and password",
        )
        return
    for name in users:
        for database in lacking[name]:
            what = f"{name} keeps {database} in MySQL, and it lies on no server"
            mend = "name it in `schemas` of one of [databases.*]"
            yield Problem(what, f"{where}: nodes.{name}.databases.{database}", mend)

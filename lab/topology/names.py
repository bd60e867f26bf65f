"""Names in a topology: what Docker and the DNS take, and that no two nodes claim the same one."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lab.errors import Problem

# Names that the lab gives to its own members and vantages.
RESERVED = ("complete", "db", "host", "lab", "prober")
_SERVERS_RESERVED = ("complete", "h2", "host", "lab", "prober")
_MEMBERS = {"nodes": "node", "balancers": "balancer", "databases": "database server"}

_NODE = re.compile(r"[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?")
_LONGEST_LAB = 40
_LAB = re.compile(rf"[a-z0-9][a-z0-9_-]{{0,{_LONGEST_LAB - 1}}}")
_NOT_IN_A_LAB = re.compile(r"[^a-z0-9_-]+")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
# Docker and JDBC drivers take a name such as `mysql_container`; java.net.URI finds no host in it.
_SERVERS_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)
_LONGEST_HOST = 253


def lab_name_problem(name: str, where: str) -> Problem | None:
    """Tell why no lab can have this name, or nothing."""
    if _LAB.fullmatch(name):
        return None
    return Problem(
        f"a lab can't be called {name!r}",
        where,
        "use 1 to 40 of a-z, 0-9, `-` and `_`, the first a letter or digit"
        " (`[lab] name`, or `--name`)",
    )


def lab_name_like(text: str) -> str:
    """Give the name nearest to *text* that a lab can have; empty where nothing of it can stay."""
    return _NOT_IN_A_LAB.sub("-", text.lower()).strip("-_")[:_LONGEST_LAB]


def name_problems(raw: Mapping[str, Any], where: str) -> list[Problem]:
    """Give the problems of node names and host names of a parsed file, whatever else is wrong."""
    problems = [
        problem
        for table in _MEMBERS
        for name in _table(raw, table)
        if (problem := _member_problem(table, name, f"{where}: {table}.{name}"))
    ]
    problems += _shared_names(raw, where)
    problems += [
        problem
        for key, host in _hosts(raw)
        if (problem := _host_problem(host, f"{where}: {key}", of_server=key.startswith("database")))
    ]
    return problems + _duplicates(raw, where)


def _shared_names(raw: Mapping[str, Any], where: str) -> list[Problem]:
    problems = []
    taken: dict[str, str] = {}
    for table, kind in _MEMBERS.items():
        for name in _table(raw, table):
            holder = taken.setdefault(name, table)
            if holder != table:
                what = f"{name!r} is a {_MEMBERS[holder]}'s name"
                suffix = "lb" if table == "balancers" else "db"
                mend = f"call the {kind} something else, such as {name}-{suffix}"
                problems.append(Problem(what, f"{where}: {table}.{name}", mend))
    return problems


def _member_problem(table: str, name: str, where: str) -> Problem | None:
    if not _NODE.fullmatch(name):
        return Problem(
            f"a {_MEMBERS[table]} can't be called {name!r}",
            where,
            "use 1 to 32 of a-z, 0-9 and `-`, the first and last a letter or digit",
        )
    reserved = _SERVERS_RESERVED if table == "databases" else RESERVED
    if name in reserved:
        return Problem(
            f"{name!r} is a name the lab uses itself",
            where,
            f"choose another; taken are {', '.join(reserved)}",
        )
    return None


def is_host_name(host: str, *, of_server: bool = False) -> bool:
    """Tell whether a member of a lab can be called so; *of_server*: a database server."""
    return _host_problem(host, "", of_server=of_server) is None


def _host_problem(host: str, where: str, *, of_server: bool) -> Problem | None:
    labels = host.split(".")
    allowed = _SERVERS_LABEL if of_server else _LABEL
    if not all(allowed.fullmatch(label) for label in labels) or len(host) > _LONGEST_HOST:
        return Problem(
            f"{host!r} is no host name",
            where,
            "use labels of a-z, 0-9 and `-` joined by dots, such as gw.wso2.com",
        )
    if _NUMBER.fullmatch(labels[-1]):
        return Problem(
            f"{host!r} is an address, not a name",
            where,
            "give a name; the lab's network chooses the addresses",
        )
    if host.lower() == "localhost":
        return Problem(
            "`localhost` is every node's own name for itself",
            where,
            "give a name that the other nodes can look up, such as gw.wso2.com",
        )
    return None


def _duplicates(raw: Mapping[str, Any], where: str) -> list[Problem]:
    problems = []
    first: dict[str, str] = {}
    for key, host in _hosts(raw):
        taken = first.setdefault(host.lower(), key)
        if taken != key:
            problems.append(
                Problem(
                    f"the host name {host!r} is taken by {taken}",
                    f"{where}: {key}",
                    "give each node, balancer and database server names of its own",
                )
            )
    return problems


def _hosts(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for tables in _MEMBERS:
        for name, table in _table(raw, tables).items():
            if isinstance(table, dict):
                yield from _hosts_of(table, f"{tables}.{name}")
    yield from _hosts_of(_table(raw, "database"), "database")


def _hosts_of(table: Mapping[str, Any], key: str) -> Iterator[tuple[str, str]]:
    if isinstance(table.get("hostname"), str):
        yield f"{key}.hostname", table["hostname"]
    aliases = table.get("aliases")
    for index, alias in enumerate(aliases if isinstance(aliases, list) else ()):
        if isinstance(alias, str):
            yield f"{key}.aliases[{index}]", alias


def _table(raw: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    table = raw.get(key)
    return table if isinstance(table, dict) else {}

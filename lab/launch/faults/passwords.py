"""Lets a member refuse every login, and takes it back."""

import secrets
from collections.abc import Callable, Mapping

from lab.errors import DatabaseError, Problem
from lab.launch.archive import PlacedFile, file_in, tar_of
from lab.launch.engine import Engine
from lab.launch.refusals import GoneError
from lab.launch.servers import ask
from lab.plan.containers import NODE_GID, NODE_UID, node_path
from lab.plan.model import Account, PlannedNode, PlannedServer
from lab.products.facts import Line
from lab.render.accounts import quoted

# The file that holds a node's super admin.
_FILES: Mapping[Line, str] = {Line.TOML: "deployment.toml", Line.XML: "user-mgt.xml"}
_MARK = "its super admin's password is a fault of the lab's"


def refuse_logins(engine: Engine, server: PlannedServer) -> None:
    """Give each account of a database server a password that nobody knows."""
    others = [Account(one.username, secrets.token_urlsafe()) for one in server.accounts]
    _identify(engine, server, others)


def accept_logins(engine: Engine, server: PlannedServer) -> None:
    """Give each account of a database server its own password."""
    _identify(engine, server, list(server.accounts))


def _identify(engine: Engine, server: PlannedServer, accounts: list[Account]) -> None:
    ran = ask(engine, server.container, "".join(map(_statement, accounts)))
    if ran.exit_code:
        said = ran.stderr.decode(errors="replace").strip()
        where, mend = f"container {server.container}", f"`lab start {server.name}`"
        raise DatabaseError(Problem(f"passwords can't be changed: {said}", where, mend))


def _statement(account: Account) -> str:
    return f"ALTER USER {quoted(account.username)}@'%' IDENTIFIED BY {quoted(account.password)};\n"


def with_other_password(engine: Engine, node: PlannedNode) -> bytes:
    """Give a running node's file with another super admin password, as what is to be put there."""
    path = node_path(node, _FILES[node.line])
    content = _CHANGED[node.line](_held(engine, node), secrets.token_urlsafe())
    return tar_of([PlacedFile(path, content, NODE_UID, NODE_GID)])


def has_other_password(engine: Engine, node: PlannedNode) -> bool:
    """Tell whether a node's file in its container is the one with the other password.

    A member that a swarm has stopped has no container, and starts again with its own file.
    """
    try:
        return _MARK.encode() in _held(engine, node)
    except GoneError:
        return False


def _held(engine: Engine, node: PlannedNode) -> bytes:
    name = _FILES[node.line]
    return file_in(engine.take(node.container, str(node_path(node, name))), name)


# Every look at a lab imports this module, and few need what edits files.


def _in_toml(content: bytes, password: str) -> bytes:
    import tomlkit  # noqa: PLC0415

    held = tomlkit.parse(content.decode())
    held.setdefault("super_admin", tomlkit.table())["password"] = password
    return f"# {_MARK}\n{tomlkit.dumps(held)}".encode()


def _in_xml(content: bytes, password: str) -> bytes:
    from lab.render.xml_tree import XmlFile  # noqa: PLC0415

    file = XmlFile(content, _FILES[Line.XML])
    file.set("Realm/Configuration/AdminUser/Password", password)
    return file.content() + f"<!-- {_MARK} -->\n".encode()


_CHANGED: Mapping[Line, Callable[[bytes, str], bytes]] = {
    Line.TOML: _in_toml,
    Line.XML: _in_xml,
}

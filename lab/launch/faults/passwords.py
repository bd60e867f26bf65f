"""Lets a member refuse every login, and takes it back."""

import secrets

from lab.errors import DatabaseError, Problem
from lab.launch.archive import PlacedFile, file_in, tar_of
from lab.launch.engine import Engine
from lab.launch.servers import ask
from lab.plan.containers import NODE_GID, NODE_UID, node_path
from lab.plan.model import Account, PlannedNode, PlannedServer
from lab.render.accounts import quoted

_FILE = "deployment.toml"
_MARK = "# its super admin's password is a fault of the lab's"


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


def put_other_password(engine: Engine, node: PlannedNode) -> None:
    """Give a node's file in its container another super admin password, until the next start."""
    import tomlkit  # noqa: PLC0415  # every look at a lab imports this module

    path = node_path(_FILE)
    held = tomlkit.parse(file_in(engine.take(node.container, str(path)), _FILE).decode())
    held.setdefault("super_admin", tomlkit.table())["password"] = secrets.token_urlsafe()
    text = f"{_MARK}\n{tomlkit.dumps(held)}"
    engine.put(node.container, tar_of([PlacedFile(path, text.encode(), NODE_UID, NODE_GID)]))


def has_other_password(engine: Engine, node: PlannedNode) -> bool:
    """Tell whether a node's file in its container is the one with the other password."""
    content = file_in(engine.take(node.container, str(node_path(_FILE))), _FILE)
    return content.startswith(_MARK.encode())

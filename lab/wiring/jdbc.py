r"""Takes the database servers out of a JDBC URL, and leaves what is secret.

Read are the forms of Connector/J (`//h:p,h2:p2/db`, `//user:password@h/db`,
`//address=(host=h)(port=p)/db`), PostgreSQL, SQL Server (`//h\instance:p;databaseName=db`), DB2
(`//h:p/db:key=value;`) and Oracle (`@h:p/service`, `@tcps://h:p/service`, `@h:p:sid`,
`@(DESCRIPTION=…)`).
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass

from lab.products.keys_4x import DATABASE_PORTS

MYSQL_KINDS = ("mysql", "mariadb")
KINDS = frozenset({*MYSQL_KINDS, "postgresql", "sqlserver", "oracle"})
_PRODUCT_S = {"postgresql": "postgre", "sqlserver": "mssql"}  # the product's words for drivers'
_EMBEDDED = re.compile(r"^jdbc:(h2|derby|hsqldb):")
# Oracle's driver takes a login before the `@`.
_JDBC = re.compile(
    r"^jdbc:(?P<kind>[a-z0-9]+)(?::[a-z0-9-]+)*:(?:[^/@]*/[^/@]*(?=@))?(?://|@(?:tcps?:)?//|@)(?P<rest>.*)$",
    re.DOTALL,
)
_NAMED = re.compile(
    r"\bhost\s*=\s*(?P<host>[^,()\s]+)(?:[\s,()]+port\s*=\s*(?P<port>\d+))?", re.IGNORECASE
)
_BRACKETED = re.compile(r"^\[(?P<host>[0-9A-Fa-f:.]+)\](?P<port>:.*)?$")
_ORACLE_S = re.compile(
    r"(?:\b(?:service_name|sid)\s*=\s*|^(?:\[[^\]]*\]|[^:/()\[]*):\d+:)(?P<name>[^,():/\s]+)",
    re.IGNORECASE,
)
_LONGEST_PORT = 5  # digits


@dataclass(frozen=True, slots=True)
class JdbcAddress:
    """The servers of one JDBC URL, the schema, and whether the driver asks for TLS.

    Without TLS it *may retrieve* the *key* that hides a login. A port is 0 where what is written
    is none, or none is and the driver isn't known.
    """

    kind: str
    servers: tuple[tuple[str, int], ...]
    database: str
    use_tls: bool
    may_retrieve_key: bool = True


def is_embedded(text: str) -> bool:
    """Tell whether a JDBC URL means a file of the node's own."""
    return _EMBEDDED.match(text.strip()) is not None


def parse_jdbc(text: str) -> JdbcAddress | None:
    """Give the servers of a JDBC URL; None when it names none.

    The product copies the text into XML, so `&amp;` separates parameters as `&` does.
    """
    plain = html.unescape(text.strip())
    found = _JDBC.match(plain)
    if not found or is_embedded(plain):
        return None
    kind = found["kind"]
    place = re.split(r"[?;]", found["rest"], maxsplit=1)[0].rpartition("@")[2]
    hosts, _, path = place.partition("/")
    servers = _servers(hosts, kind)
    if not servers:
        return None
    given = jdbc_parameters(plain)
    database = path.partition(":")[0] or given.get("databaseName", "")
    if kind == "oracle":
        database = _of_oracle(place, database)
    return JdbcAddress(kind, servers, database, _asks_for_tls(given), _may_retrieve_key(given))


def _of_oracle(place: str, service: str) -> str:
    """Give a service's name or a SID in small letters: Oracle makes no difference."""
    named = _ORACLE_S.search(place)
    return (service or (named["name"] if named else "")).lower()


def kind_of(text: str) -> str:
    """Give the word of a JDBC URL that says whose driver takes it."""
    return text.strip().removeprefix("jdbc:").partition(":")[0]


def is_no_jdbc_url(text: str) -> bool:
    """Tell whether no driver takes the text; of drivers that aren't known here, nobody can tell."""
    if is_embedded(text) or parse_jdbc(text) is not None:
        return False
    kind = kind_of(text)
    is_known = _PRODUCT_S.get(kind, kind) in DATABASE_PORTS
    return not text.strip().startswith("jdbc:") or (is_known and kind != "oracle")


def jdbc_parameters(url: str) -> Mapping[str, str]:
    """Give a JDBC URL's parameters, parted by `&` (`&amp;` is the same) or `;`."""
    _, *parts = re.split(r"[?;&]", html.unescape(url))
    return dict(part.partition("=")[::2] for part in parts if part)


def _may_retrieve_key(given: Mapping[str, str]) -> bool:
    """Tell whether Connector/J asks for the server's key, or has it from a file."""
    is_allowed = given.get("allowPublicKeyRetrieval", "").lower() == "true"
    return is_allowed or bool(given.get("serverRSAPublicKeyFile"))


def _asks_for_tls(given: Mapping[str, str]) -> bool:
    """Tell whether Connector/J tries TLS, which it does unless it is told not to."""
    if "sslMode" in given:
        return given["sslMode"].upper() != "DISABLED"
    return given.get("useSSL", "true").lower() != "false"


def _servers(text: str, kind: str) -> tuple[tuple[str, int], ...]:
    default = DATABASE_PORTS.get(_PRODUCT_S.get(kind, kind), 0)
    if "=" in text:
        return tuple(
            (one["host"], _number(one["port"]) if one["port"] else default)
            for one in _NAMED.finditer(text)
        )
    return tuple(_server(part.strip(), kind, default) for part in text.split(","))


def _server(text: str, kind: str, default: int) -> tuple[str, int]:
    if bracketed := _BRACKETED.match(text):
        host, port = bracketed["host"], bracketed["port"] or ""
    else:
        # Oracle's may go on with `:sid`.
        end = text.find(":") if kind == "oracle" else text.rfind(":")
        host, port = (text[:end], text[end:]) if end >= 0 else (text, "")
    # A driver asks its own machine where no host is named.
    return host.partition("\\")[0] or "localhost", _number(port.split(":")[1]) if port else default


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_PORT else 0

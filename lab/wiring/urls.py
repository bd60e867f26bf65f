"""Takes the addresses out of a value: URLs, receiver groups, brokerlists."""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from lab.products.keys_4x import DEFAULT_PORTS

_URL = re.compile(
    r"^(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://"
    r"(?:(?P<user>[^@/?#]*)@)?"
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^:/?#\s\[\]]*)"
    r"(?::(?P<port>[^/?#\s]*))?"
    r"(?P<rest>[/?#]\S*)?$"
)
_HOST = re.compile(r"[A-Za-z0-9_.-]+")
_GROUP = re.compile(r"\{([^{}]*)\}")
_BROKER = re.compile(r"((?:tcp|ssl)://[^?;'\s]+)")
_ACCOUNT = re.compile(r"^amqp://([^:@/]*):([^@/]*)@")
_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:(//)?")
_SECRETS = (
    re.compile(r"://[^/\s:@]+:([^@\s/]+)@"),
    re.compile(r"\bjdbc:oracle:\w+:[^/@\s]+/([^@\s]+)@"),
    re.compile(r"[?&;:,(]\w*(?:password|pwd)\s*=\s*([^&;,()\s]+)", re.IGNORECASE),
)
_HIDDEN_FROM = re.compile(r"[?;]|[&:,(]\w*(?:password|pwd)\s*=", re.IGNORECASE)
_HIGHEST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Address:
    """A peer as a URL names it; *port* is 0 when it is neither written nor known for the scheme."""

    scheme: str
    host: str
    port: int
    path: str
    url: str  # without credentials, query and fragment, which may hold secrets

    @property
    def port_is_usable(self) -> bool:
        """Tell whether a connection can be tried at all."""
        return is_port(self.port)


@dataclass(frozen=True, slots=True)
class Brokers:
    """What a JMS connection factory's URL holds."""

    urls: tuple[str, ...]
    username: str = ""
    password: str = field(default="", repr=False)


def is_host(text: str) -> bool:
    """Tell whether a text can be a host's name or address."""
    if _HOST.fullmatch(text):
        return True
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def is_port(number: int) -> bool:
    """Tell whether a connection can be tried to a port of this number."""
    return 0 < number <= _HIGHEST_PORT


def parse_url(text: str) -> Address | None:
    """Give the address that *text* names, or None when it is no URL with a host."""
    found = _URL.match(text.strip())
    if not found or not found["host"]:
        return None
    if found["host"].startswith("[") and not is_host(found["host"].strip("[]")):
        return None
    scheme = found["scheme"].lower()
    written = found["port"]
    port = DEFAULT_PORTS.get(scheme, 0) if not written else _number(written)
    rest = found["rest"] or ""
    path = re.split(r"[?#]", rest, maxsplit=1)[0]
    place = found["host"] + (f":{written}" if written else "")
    host = found["host"].strip("[]")
    return Address(scheme, host, port, path, f"{found['scheme']}://{place}{path}")


def secrets_in(text: str) -> Iterator[str]:
    """Give the passwords that a URL holds, of any form that a driver or a broker takes."""
    for pattern in _SECRETS:
        yield from pattern.findall(text)


def without_secrets(text: str) -> str:
    """Give what may be shown of a text that is no proper URL: no login, nothing from `?` on."""
    login, at, place = _HIDDEN_FROM.split(text.strip(), maxsplit=1)[0].rpartition("@")
    scheme = _SCHEME.match(login)
    return f"{scheme[0] if at and scheme else ''}{place}"


def looks_like_url(text: str) -> bool:
    """Tell whether a value as a whole is a URL: one under an unknown key isn't passed over."""
    candidate = text.strip().removeprefix("jdbc:").lstrip("{")
    found = _URL.match(candidate)
    return found is not None and bool(found["host"])


def parse_groups(text: str) -> tuple[tuple[str, ...], ...]:
    """Give the URLs of `{url|url},{url,url}` group by group; text without braces is one group."""
    bodies = _GROUP.findall(text) or [text]
    return tuple(
        tuple(url.strip() for url in re.split(r"[,|]", body) if url.strip()) for body in bodies
    )


def parse_factory(text: str) -> Brokers:
    """Give the brokers and the login of `amqp://user:password@clientid/carbon?brokerlist='…'`."""
    _, _, brokers = text.partition("brokerlist=")
    account = _ACCOUNT.match(text)
    # The client takes the URL apart as a java.net.URI, which decodes what is quoted.
    user, password = (unquote(account[1]), unquote(account[2])) if account else ("", "")
    return Brokers(tuple(_BROKER.findall(brokers)), user, password)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 5 else 0  # noqa: PLR2004

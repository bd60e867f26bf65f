"""Which engine the lab talks to, and how to learn that somebody is there."""

import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from lab.launch.endpoint.certificates import Certificates

DEFAULT_SOCKET = "unix:///var/run/docker.sock"
_UNIX, _TCP = "unix://", "tcp://"
_KNOCK = 5.0  # seconds
_KNOCK_FAR = 2.5  # seconds; a first packet that is lost comes again after one
_TCP_LEVEL = socket.IPPROTO_TCP
# Options of a connection to an engine that may vanish without a word: it then ends within seconds.
NOTICES = [
    (_TCP_LEVEL, socket.TCP_NODELAY, 1),
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (_TCP_LEVEL, socket.TCP_KEEPIDLE, 3),  # seconds of silence, then a question
    (_TCP_LEVEL, socket.TCP_KEEPINTVL, 1),
    (_TCP_LEVEL, socket.TCP_KEEPCNT, 4),
    (_TCP_LEVEL, socket.TCP_USER_TIMEOUT, 8000),  # milliseconds without an answer to what was sent
]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where an engine is expected, and who said so (empty: nobody, it is the default).

    With *certificates* it is behind TLS.
    """

    url: str
    said_by: str = ""
    certificates: Certificates | None = None

    @property
    def socket_path(self) -> str:
        """Give the path of a socket of this machine; empty when the engine is elsewhere."""
        return self.url.removeprefix(_UNIX) if self.url.startswith(_UNIX) else ""

    @property
    def speaks_tls(self) -> bool:
        """Tell whether TLS leads there; a socket of this machine needs none."""
        return self.certificates is not None and self.url.startswith(_TCP)


def url_fault(url: str) -> str:
    """Say why no engine can be at *url*; empty when one may be."""
    try:
        place = urlsplit(url)
        _ = place.port
        if not url.startswith(_UNIX):
            (place.hostname or "").encode("idna")
    except UnicodeError:
        return "the host's name is none: a part of it is empty or longer than 63 letters"
    except ValueError as error:
        return str(error)
    return ""


def knock(endpoint: Endpoint) -> None:
    """Connect to an engine's socket and hang up; raises the system's own `OSError`.

    The SDK would wrap that error, leave a local socket open, and wait long for a lost machine.
    """
    if endpoint.socket_path:
        with socket.socket(socket.AF_UNIX) as visitor:
            visitor.settimeout(_KNOCK)
            visitor.connect(endpoint.socket_path)
    place = urlsplit(endpoint.url)
    if endpoint.url.startswith(_TCP) and place.port is not None:
        socket.create_connection((place.hostname or "", place.port), _KNOCK_FAR).close()


def root_cause(error: BaseException) -> BaseException:
    """Dig the system's own error out of the layers that a client library puts around it."""
    seen: list[BaseException] = []
    layer: BaseException | None = error
    while layer is not None and layer not in seen:
        seen.append(layer)
        inner = [argument for argument in layer.args if isinstance(argument, BaseException)]
        layer = inner[-1] if inner else (layer.__cause__ or layer.__context__)
    found = [each for each in seen if isinstance(each, OSError) and each.errno is not None]
    return found[-1] if found else error

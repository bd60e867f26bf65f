"""PyMySQL's connection with Connector/J's manners: it asks for a server's key only if it may."""

from typing import TYPE_CHECKING, Any

from pymysql.connections import Connection

if TYPE_CHECKING:
    _PyMySQL = Connection[Any]
else:  # at runtime it is no generic class
    _PyMySQL = Connection

# How a client asks for the key of `caching_sha2_password` and of `sha256_password`.
_KEY_REQUESTS = (b"\x02", b"\x01")


class Driver(_PyMySQL):
    """A connection without TLS needs the key, unless the server remembers the login."""

    may_retrieve_key = True

    def write_packet(self, payload: bytes) -> None:
        """Send a packet; raises RuntimeError where it is a request that the driver may not make."""
        if payload in _KEY_REQUESTS and not self.may_retrieve_key:
            raise RuntimeError("Public Key Retrieval is not allowed")
        super().write_packet(payload)

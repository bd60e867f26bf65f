"""Which probe speaks which protocol; each is loaded when its protocol is first asked for.

Who dials a few published ports needs one of them, and their libraries take longer to load than the
attempts themselves.
"""

import concurrent.futures
import functools
import importlib
import ssl
from collections.abc import Awaitable, Callable, Mapping

from probes.target import Protocol
from probes.trial import Trial

Probe = Callable[[Trial], Awaitable[str]]

# An unknown key's URL is proven as far as a connection goes.
_PROBES: Mapping[Protocol, str] = {
    Protocol.HTTPS: "http.ask_over_tls",
    Protocol.HTTP: "http.ask",
    Protocol.AMQP: "amqp.log_in",
    Protocol.BINARY: "binary.publish_nothing",
    Protocol.BINARY_TLS: "binary.log_in",
    Protocol.MYSQL: "mysql.log_in",
    Protocol.LDAP: "ldap.find_base",
    Protocol.WS: "http.ask",
    Protocol.WSS: "http.ask_over_tls",
    Protocol.TLS: "tls.shake_hands",
    Protocol.TCP: "tcp.connect",
    Protocol.REVOCATION: "revocation.revoke_nothing",
    Protocol.THROTTLING: "throttling.use_up",
    Protocol.SOAP: "soap.call",
    Protocol.THRIFT: "thrift.call_nothing",
    Protocol.UNKNOWN: "tcp.connect",
}


@functools.cache
def probe_for(protocol: Protocol) -> Probe:
    """Give the probe of a protocol: what it saw, or a `LinkError`."""
    module, _, function = _PROBES[protocol].partition(".")
    found: Probe = getattr(importlib.import_module(f"probes.{module}"), function)
    return found


def load_all() -> None:
    """Load every probe, and what their first attempts would.

    A process that forks does it once for all its children.
    """
    for protocol in Protocol:
        probe_for(protocol)
    # The standard library loads these at their first use, amid the handshake that is timed.
    "localhost".encode("idna")
    ssl.cert_time_to_seconds("Jan  1 00:00:00 2000 GMT")
    _ = concurrent.futures.ThreadPoolExecutor

"""The connection of an attempt, before any protocol is spoken on it."""

import socket

from probes.connection import dial
from probes.phases import Phases


async def test_what_an_attempt_sends_never_waits_for_an_acknowledgement(vantage, serve, hanging):
    async with serve(hanging) as port:
        with await dial(vantage, Phases(), "cp.wso2.com", port) as sock:
            assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)

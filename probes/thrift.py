"""Probes a thrift port of the 2.x line: a call that no service has, and its well-formed refusal.

The refusal of an unknown method comes before any session is asked for (measured on 2.1.0), so the
call needs no credentials and changes nothing.
"""

import struct

from probes import thrift_frames
from probes.connection import Connection
from probes.failure import LinkError
from probes.result import Outcome, Phase
from probes.trial import Trial

_METHOD = "labProbe"
_NUMBER = 1
_TEXT_LIMIT = 1 << 16


async def call_nothing(trial: Trial) -> str:
    """Shake hands, call a method that isn't there, and read that it isn't."""
    target = trial.target
    # The thrift client trusts a chain and compares no names (libthrift TSSLTransportFactory).
    connection = await trial.connect_tls(target.host, target.port, check_name=False)
    trial.phases.enter(Phase.APP)
    trial.expected = "a thrift answer"
    await connection.send(thrift_frames.call(_METHOD, _NUMBER))
    return await _refusal(connection)


async def _refusal(connection: Connection) -> str:
    first = await connection.reader.read(1)
    if not first:
        raise LinkError(Outcome.CLOSED, "closed without an answer")
    (word,) = struct.unpack(">I", first + await connection.reader.readexactly(3))
    kind = thrift_frames.message_kind(word)
    if kind not in (thrift_frames.REPLY, thrift_frames.EXCEPTION):
        raise LinkError(Outcome.WRONG_PROTOCOL, f"an answer that begins with {word:#010x}")
    method = await _text(connection)
    (number,) = struct.unpack(">i", await connection.reader.readexactly(4))
    if (method, number) != (_METHOD, _NUMBER):
        raise LinkError(Outcome.WRONG_PROTOCOL, "an answer to another call")
    return f"thrift answers: {await _message(connection, kind)}"


async def _message(connection: Connection, kind: int) -> str:
    """Give the text of an exception's first field."""
    field = (await connection.reader.readexactly(1))[0]
    if kind == thrift_frames.REPLY or field != thrift_frames.STRING:
        return "a reply"
    await connection.reader.readexactly(2)  # the field's number
    return await _text(connection)


async def _text(connection: Connection) -> str:
    (length,) = struct.unpack(">i", await connection.reader.readexactly(4))
    if not 0 <= length <= _TEXT_LIMIT:
        raise LinkError(Outcome.WRONG_PROTOCOL, f"a text of {length} bytes")
    return (await connection.reader.readexactly(length)).decode(errors="replace")

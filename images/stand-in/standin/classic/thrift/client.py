"""The gateway's questions to its key manager over thrift: a session, then `validateKey`."""

import asyncio
import contextlib
import ssl

from standin import log
from standin.classic.configuration import KeyValidator
from standin.classic.key_client import KeyManagerError, Validate
from standin.classic.key_validation import Validation
from standin.classic.thrift import binary
from standin.classic.thrift.authenticator import RefusedError, ask_session
from standin.classic.thrift.binary import Message, ThriftError
from standin.classic.thrift.server import NUMBERS, VALIDATE

_SECONDS = 10.0
_WORDS = "Error while accessing backend services for API key validation"
_CLIENT = "org.wso2.carbon.apimgt.gateway.handlers.security.thrift.ThriftKeyValidatorClient"
_LEVEL = "Any"


def by_thrift(validator: KeyValidator, trust: ssl.SSLContext) -> Validate:
    """Return the client of a key manager's thrift service; it raises KeyManagerError."""
    held: list[str] = []

    async def validate(
        context: str, version: str, token: str, resource: str, verb: str
    ) -> Validation:
        try:
            for _ in range(2):
                if not held:
                    held.append(await ask_session(validator.service, trust))
                fields = (context, version, token, held[0], _LEVEL, "", resource, verb)
                answer = await _ask(validator, trust, fields)
                if 0 in answer.fields:
                    return _validation(answer.fields[0])
                held.clear()  # the session is over: once more with another
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as fault:
            where = f"{validator.server_host} on port {validator.thrift_port}"
            log.error(_CLIENT, f"TTransportException: Could not connect to {where}: {fault!r}")
            raise KeyManagerError(_WORDS) from fault
        except (RefusedError, ThriftError) as fault:
            log.error(_CLIENT, str(fault))
            raise KeyManagerError(_WORDS) from fault
        raise KeyManagerError(_WORDS)

    return validate


async def _ask(validator: KeyValidator, trust: ssl.SSLContext, given: tuple[str, ...]) -> Message:
    # The client dials the host of its own file's ThriftServerHost (carbon-apimgt ThriftUtils).
    host = validator.server_host
    fields = [
        binary.field(binary.STRING, number, binary.text(value))
        for number, value in enumerate(given, start=1)
    ]
    async with asyncio.timeout(_SECONDS):
        reader, writer = await asyncio.open_connection(
            host, validator.thrift_port, ssl=trust, server_hostname=host
        )
        try:
            writer.write(binary.message(binary.CALL, VALIDATE, 1, *fields))
            return await binary.read_message(reader)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


def _validation(given: dict[int, str | int]) -> Validation:
    values = {name: given[number] for name, number in NUMBERS.items() if number in given}
    known: dict[str, object] = {"authorized": False, "validationStatus": 0, **values}
    return Validation(**{**known, "authorized": bool(known["authorized"])})  # type: ignore[arg-type]  # the fields' types are those of the wire

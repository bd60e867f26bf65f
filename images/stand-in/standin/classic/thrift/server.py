"""The key validation service on 10397, as `keymgt.thrift` describes it."""

import asyncio
import struct
from collections.abc import Awaitable, Callable

from standin import log
from standin.classic.key_validation import Validation, templates, validate
from standin.classic.thrift import binary
from standin.classic.thrift.authenticator import Sessions
from standin.classic.thrift.binary import Message, ThriftError
from standin.database import Database, DatabaseError

VALIDATE, TEMPLATES = "validateKey", "getAllURITemplates"
# Field numbers of APIKeyValidationInfoDTO.
NUMBERS = {
    "authorized": 1,
    "subscriber": 2,
    "tier": 3,
    "type": 4,
    "endUserName": 6,
    "applicationName": 7,
    "validationStatus": 8,
    "applicationId": 9,
    "applicationTier": 10,
    "apiName": 11,
    "consumerKey": 12,
    "apiPublisher": 13,
    "validityPeriod": 16,
    "issuedTime": 17,
    "apiTier": 19,
}
SESSION_FIELDS = {VALIDATE: 4, TEMPLATES: 3}

_LONG = ("validityPeriod", "issuedTime")
_SERVICE = "org.wso2.carbon.apimgt.keymgt.service.thrift.APIKeyValidationServiceImpl"


def serve_key_validation(
    apim_db: Database, sessions: Sessions
) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    """Return what the acceptor calls for each connection of the port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                writer.write(await _answer(await binary.read_message(reader), apim_db, sessions))
                await writer.drain()
        except ThriftError as fault:
            # libthrift's pool server logs it and closes.
            log.error("org.apache.thrift.server.TThreadPoolServer", f"Thrift error: {fault}")

    return serve


async def _answer(call: Message, apim_db: Database, sessions: Sessions) -> bytes:
    if call.method not in SESSION_FIELDS:
        return binary.refusal(call, f"Invalid method name: '{call.method}'")
    if not sessions.alive(call.fields.get(SESSION_FIELDS[call.method], "")):
        return _exception(call, 1, "Invalid session id for thrift authenticator.")
    context, version = call.fields.get(1, ""), call.fields.get(2, "")
    try:
        if call.method == VALIDATE:
            found = await validate(apim_db, context, version, call.fields.get(3, ""))
            value = binary.field(binary.STRUCT, 0, _validation(found))
        else:
            rows = await templates(apim_db, context, version)
            items = [_template(row["URL_PATTERN"], row["HTTP_METHOD"]) for row in rows]
            head = struct.pack(">bi", binary.STRUCT, len(items))
            value = binary.field(binary.LIST, 0, head + b"".join(items))
    except DatabaseError as fault:
        log.error(_SERVICE, str(fault))
        return _exception(call, 2, str(fault))
    return binary.message(binary.REPLY, call.method, call.number, value)


def _exception(call: Message, number: int, words: str) -> bytes:
    """Return one of the exceptions that the service declares, by its number."""
    told = binary.structure(binary.field(binary.STRING, 1, binary.text(words)))
    value = binary.field(binary.STRUCT, number, told)
    return binary.message(binary.REPLY, call.method, call.number, value)


def _validation(found: Validation) -> bytes:
    fields = []
    for name, number in NUMBERS.items():
        value = getattr(found, name)
        if isinstance(value, bool):
            fields.append(binary.field(binary.BOOL, number, bytes((value,))))
        elif name in _LONG:
            fields.append(binary.field(binary.I64, number, struct.pack(">q", value)))
        elif isinstance(value, int):
            fields.append(binary.field(binary.I32, number, struct.pack(">i", value)))
        elif value:
            fields.append(binary.field(binary.STRING, number, binary.text(value)))
    return binary.structure(*fields)


def _template(pattern: str | None, verb: str | None) -> bytes:
    return binary.structure(
        binary.field(binary.STRING, 1, binary.text(pattern or "")),
        binary.field(binary.STRING, 4, binary.text(verb or "")),
    )

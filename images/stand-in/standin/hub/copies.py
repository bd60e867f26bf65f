"""Copies of events for the other member of a pair, by the node's `event_duplicate_url`.

The publishers named `*2` send throttle decisions and revocations a second time. Up to 4.2 they
ship with a map mapping, which the receiving gateways drop (wso2/api-manager#1884); the revocation's
follows `[apim.throttling]` there, and `[apim.event_hub]` from 4.3 (wso2/api-manager#1935).
"""

import struct
from collections.abc import Mapping
from typing import Any

from standin.configuration import Configuration
from standin.databridge.streams import TOKEN_REVOCATION, Stream, text_message
from standin.hub.publisher import Publisher

MAP_TYPE, TEXT_TYPE = "amqp/map", "text/plain"
_TEXT_SINCE = (4, 3)
_STR16 = 0x95  # AMQP 0-10's code of a text of up to 65535 bytes


class Copies:
    """Where this node sends a second copy of what it publishes itself."""

    def __init__(self, configuration: Configuration, version: str) -> None:
        throttling, hub = configuration.throttling, configuration.event_hub
        self._is_text = _number(version) >= _TEXT_SINCE
        decisions = Publisher(throttling.copies, throttling.jms) if throttling.copies else None
        hubs = Publisher(hub.copies, hub.account) if hub.copies else None
        self._decisions = decisions
        self._revocations = hubs if self._is_text else decisions

    def target(self, stream_id: str, stream: Stream) -> Publisher | None:
        """Return the publisher that sends a copy of this stream's events, if any does."""
        if stream.decision:
            return self._decisions
        return self._revocations if stream_id == TOKEN_REVOCATION else None

    def message(self, payload: Mapping[str, object]) -> tuple[bytes, str]:
        """Return the copy's body with its content type, as this version's publishers make it."""
        if self._is_text:
            return text_message(payload), TEXT_TYPE
        return map_message(payload), MAP_TYPE


def map_message(payload: Mapping[str, Any]) -> bytes:
    """Return the body of an AMQP map message, every value as text."""
    entries = b"".join(_entry(name, value) for name, value in payload.items())
    counted = struct.pack(">I", len(payload)) + entries
    return struct.pack(">I", len(counted)) + counted


def _entry(name: str, value: object) -> bytes:
    key, text = name.encode(), ("" if value is None else str(value)).encode()
    return bytes([len(key)]) + key + struct.pack(">BH", _STR16, len(text)) + text


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())

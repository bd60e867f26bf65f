"""The event streams: their attributes, which events carry untagged, and their topics."""

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TOKEN_REVOCATION = "org.wso2.apimgt.token.revocation.stream:1.0.0"  # noqa: S105 - a stream's name
THROTTLE_REQUEST = "org.wso2.throttle.request.stream:1.0.0"

_SIZES = {"int": ">i", "long": ">q", "float": ">f", "double": ">d"}


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream's payload attributes as (name, type), and the hub topic of its events, if any.

    *decision* tells that the events leave by the throttle decision endpoints, not the event hub's.
    """

    attributes: tuple[tuple[str, str], ...]
    topic: str | None = None
    decision: bool = False


class DecodeError(ValueError):
    """An event's bytes don't fit its stream."""


def _strings(names: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, "string") for name in names.split())


def _typed(text: str) -> tuple[tuple[str, str], ...]:
    pairs = (each.partition(":") for each in text.split())
    return tuple((name, kind or "string") for name, _, kind in pairs)


STREAMS: Mapping[str, Stream] = {
    THROTTLE_REQUEST: Stream(
        _strings(
            "messageID appKey appTier apiKey apiTier subscriptionKey subscriptionTier resourceKey"
            " resourceTier userId apiContext apiVersion appTenant apiTenant appId apiName"
            " properties"
        )
    ),
    "org.wso2.throttle.globalThrottle.stream:1.0.0": Stream(
        _typed("throttleKey isThrottled:bool expiryTimeStamp:long"), "throttleData", decision=True
    ),
    "org.wso2.throttle.globalThrottle.stream:1.1.0": Stream(
        _typed("throttleKey isThrottled:bool expiryTimeStamp:long evaluatedConditions"),
        "throttleData",
        decision=True,
    ),
    "org.wso2.blocking.request.stream:1.0.0": Stream(
        _typed("id:int blockingCondition conditionValue state tenantDomain"), "throttleData"
    ),
    "org.wso2.keytemplate.request.stream:1.0.0": Stream(
        _strings("keyTemplateValue keyTemplateState"), "throttleData"
    ),
    TOKEN_REVOCATION: Stream(
        _typed("eventId revokedToken ttl expiryTime:long type tenantId:int"), "tokenRevocation"
    ),
    "org.wso2.apimgt.cache.invalidation.stream:1.0.0": Stream(
        _strings("type value"), "cacheInvalidation"
    ),
    "org.wso2.apimgt.keymgt.stream:1.0.0": Stream(
        _typed("event_type action name type enabled:bool value organization tokenType"),
        "keyManager",
    ),
    "org.wso2.apimgt.notification.stream:1.0.0": Stream(
        _typed("eventType timestamp:long event"), "notification"
    ),
    "org.wso2.apimgt.webhooks.request.stream:1.0.0": Stream(
        _typed(
            "apiUUID apiName apiContext apiVersion appID tenantDomain tenantId:int callback topic"
            " mode secret expireAt:long subscriberName applicationTier tier apiTier"
            " isThrottled:bool"
        ),
        "asyncWebhooksData",
    ),
}


def encode_event(stream_id: str, timestamp: int, values: Sequence[Any]) -> bytes:
    """Return one event as it stands in a publish frame; *timestamp* in ms since the epoch."""
    stream = STREAMS[stream_id]
    name = stream_id.encode()
    parts = [struct.pack(">qi", timestamp, len(name)), name]
    for (_, kind), value in zip(stream.attributes, values, strict=True):
        if kind == "string":
            text = b"" if value is None else str(value).encode()
            parts.append(struct.pack(">i", len(text)) + text)
        elif kind == "bool":
            parts.append(b"\x01" if value else b"\x00")
        else:
            parts.append(struct.pack(_SIZES[kind], value))
    return b"".join(parts)


def decode_event(event: bytes) -> tuple[str, dict[str, Any]]:
    """Return the stream id and the payload of one event's bytes; raises DecodeError."""
    try:
        (length,) = struct.unpack_from(">i", event, 8)
        stream_id = _text(event, 12, length)
        stream = STREAMS.get(stream_id)
        if stream is None:
            raise DecodeError(f"No StreamDefinition for streamId {stream_id} present in cache")
        at, payload = 12 + length, {}
        for name, kind in stream.attributes:
            payload[name], at = _value(kind, event, at)
    except struct.error as fault:
        raise DecodeError(f"event too short: {fault}") from fault
    return stream_id, payload


def _value(kind: str, event: bytes, at: int) -> tuple[Any, int]:
    if kind == "string":
        (length,) = struct.unpack_from(">i", event, at)
        # An empty string reads back as null.
        return _text(event, at + 4, length) or None, at + 4 + length
    if kind == "bool":
        (value,) = struct.unpack_from(">b", event, at)
        return value == 1, at + 1
    return struct.unpack_from(_SIZES[kind], event, at)[0], at + struct.calcsize(_SIZES[kind])


def _text(event: bytes, at: int, length: int) -> str:
    if length < 0 or at + length > len(event):
        raise DecodeError(f"a string of {length} bytes reaches beyond the event")
    return event[at : at + length].decode("utf-8", "replace")


def text_message(payload: Mapping[str, Any]) -> bytes:
    """Return the JSON text that the product's JMS publishers make of an event."""
    return json.dumps({"event": {"payloadData": payload}}, separators=(",", ":")).encode()

"""The gateway's questions to its key manager: `validateKey` by SOAP."""

import ssl
from collections.abc import Awaitable, Callable
from typing import Any
from xml.sax.saxutils import escape

from standin import http_client, log
from standin.classic.axis2 import AXIS2, ENVELOPE
from standin.classic.configuration import Service
from standin.classic.key_validation import NAME, Validation
from standin.classic.xml_files import XmlError, parse_xml

_LEVEL, _DOMAIN = "Any", ""
_OK = 200
_KEY_CLIENT = "org.wso2.carbon.apimgt.gateway.handlers.security.keys.WSAPIKeyDataStore"
_NUMBERS = {"validationStatus", "issuedTime", "validityPeriod"}

# Called with context, version, token, resource and verb.
Validate = Callable[[str, str, str, str, str], Awaitable[Validation]]


class KeyManagerError(Exception):
    """The key manager can't be asked; the text is the gateway's description of it."""


def by_soap(service: Service, trust: ssl.SSLContext) -> Validate:
    """Return the client of a key manager's web services; it raises KeyManagerError."""

    async def validate(
        context: str, version: str, token: str, resource: str, verb: str
    ) -> Validation:
        values = {
            "context": context,
            "version": version,
            "accessToken": token,
            "requiredAuthenticationLevel": _LEVEL,
            "clientDomain": _DOMAIN,
            "matchingResource": resource,
            "httpVerb": verb,
        }
        return _validation(await _ask(service, trust, _envelope(values)))

    return validate


async def _ask(service: Service, trust: ssl.SSLContext, envelope: bytes) -> bytes:
    headers = {"Content-Type": "text/xml;charset=UTF-8", "SOAPAction": '"urn:validateKey"'}
    try:
        answer = await http_client.send(
            "POST", service.url + NAME, service.account, trust, body=envelope, headers=headers
        )
    except (OSError, TimeoutError) as fault:
        log.error(_KEY_CLIENT, f"Error while accessing {service.url}{NAME}: {fault!r}")
        raise KeyManagerError("Resource forbidden") from fault
    if answer.status != _OK:
        log.error(_KEY_CLIENT, f"{service.url}{NAME} answered {answer.status}")
        raise KeyManagerError("Error while accessing backend services for API key validation")
    return answer.body


def _envelope(values: dict[str, str]) -> bytes:
    inner = "".join(f"<k:{name}>{escape(value)}</k:{name}>" for name, value in values.items())
    return (
        f'<s:Envelope xmlns:s="{ENVELOPE}"><s:Body>'
        f'<k:validateKey xmlns:k="{AXIS2}">{inner}</k:validateKey></s:Body></s:Envelope>'
    ).encode()


def _validation(body: bytes) -> Validation:
    try:
        root = parse_xml(body)
    except XmlError as fault:
        raise KeyManagerError(f"no XML from the key manager: {fault}") from fault
    found = root.find(f".//{{{AXIS2}}}return")
    if found is None:
        raise KeyManagerError("an answer without a return element")
    given = {each.tag.rpartition("}")[2]: each.text or "" for each in found}
    values: dict[str, Any] = {
        name: int(given.get(name) or 0) if name in _NUMBERS else given.get(name, "")
        for name in Validation.__slots__
    }
    return Validation(**{**values, "authorized": values["authorized"] == "true"})

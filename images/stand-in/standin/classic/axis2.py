"""The SOAP services under `/services`, refused and answered as Axis2 in the 2.x line does it."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from standin import log
from standin.accounts import Accounts, basic_pair
from standin.classic.xml_files import XmlError, parse_xml
from standin.database import DatabaseError
from standin.http_server import Handler, Request, Response
from standin.servlet import VERSION_CONTENT_TYPE, is_version, version_body

CONTEXT = "/services"
AXIS2 = "http://org.apache.axis2/xsd"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
ACCESS_DENIED = "50977"

_ENVELOPES = (ENVELOPE, "http://www.w3.org/2003/05/soap-envelope")
_TEXT_XML = "text/xml;charset=UTF-8"
_HANDLER = "org.wso2.carbon.server.admin.module.handler.AuthenticationHandler"
_LOGIN = "org.wso2.carbon.core.services.util.CarbonAuthenticationUtil"
_SERVICE_PATH = re.compile(r"/services/(?P<name>[^/?]+?)(\.[^/]+)?/?")
_WITHOUT_VERSION = "WSO2 Identity Server"  # its release leaves that service out
_ABSENT = "The service cannot be found for the endpoint reference (EPR)"
_PAGE = b"<html><head><title>stand-in</title></head><body>stand-in</body></html>"
_HTML = "text/html;charset=UTF-8"

Arguments = Mapping[str, str]
# Gives the elements inside the response, `None` for an operation without one.
Operation = Callable[[Arguments], Awaitable[str | None]]


class SoapFaultError(Exception):
    """An operation's fault: code and text as the peer sees them."""

    def __init__(self, text: str, code: str = "soapenv:Server") -> None:
        super().__init__(text)
        self.text = text
        self.code = code


@dataclass(frozen=True, slots=True)
class Service:
    """One service; an admin service asks for Basic credentials, and hides its WSDL."""

    namespace: str
    operations: Mapping[str, Operation]
    is_admin: bool


@dataclass(frozen=True, slots=True)
class Call:
    """The body of an envelope: what is called, in which namespace, with which arguments."""

    namespace: str
    operation: str
    arguments: Arguments


def axis2(
    accounts: Accounts, services: Mapping[str, Service], server: str, *, over_tls: bool
) -> Handler:
    """Return the handler of `/services` on one servlet port; *server* is what Version tells."""

    async def handle(request: Request) -> Response:
        if request.method == "GET":
            return _shown(request, services, server)
        named = _SERVICE_PATH.fullmatch(request.path)
        name = named["name"] if named else ""
        try:
            service = _served(name, services, request, over_tls=over_tls)
            return await _called(name, service, request, accounts)
        except SoapFaultError as fault:
            return fault_response(fault)
        except XmlError as fault:
            return fault_response(SoapFaultError(f"org.apache.axiom.om.OMException: {fault}"))
        except DatabaseError as fault:
            log.error(f"org.wso2.carbon.apimgt.keymgt.service.{name}", str(fault))
            return fault_response(SoapFaultError(f"Error while processing: {fault}"))

    return handle


def _served(
    name: str, services: Mapping[str, Service], request: Request, *, over_tls: bool
) -> Service:
    service = services.get(name)
    if service is None:
        raise SoapFaultError("java.lang.NullPointerException")
    if service.is_admin and not over_tls:
        raise SoapFaultError(f"{_ABSENT} {request.path}")
    return service


async def _called(name: str, service: Service, request: Request, accounts: Accounts) -> Response:
    call = read_call(request.body)
    action = request.headers.get("soapaction", "").strip('"').removeprefix("urn:")
    operation = action if action in service.operations else call.operation
    # Before anybody is asked who they are: measured on 2.1.0.
    if operation not in service.operations:
        raise SoapFaultError(
            "The endpoint reference (EPR) for the Operation not found is "
            f"{request.path} and the WSA Action = urn:{action or call.operation}. "
            "If this EPR was previously reachable, please contact the server administrator."
        )
    if service.is_admin:
        refused = await _refused(name, request, accounts)
        if refused is not None:
            return refused
    if call.namespace != service.namespace:
        raise SoapFaultError(f"namespace mismatch require {service.namespace} found ")
    inner = await service.operations[operation](call.arguments)
    return Response(202) if inner is None else _answer(service, operation, inner)


async def _refused(name: str, request: Request, accounts: Accounts) -> Response | None:
    """Return the answer to a caller that an admin service doesn't let in, `None` for the others."""
    pair = basic_pair(request.headers.get("authorization", ""))
    if pair is None:
        realm = 'Basic realm="WSO2 API Manager"'
        return Response(401, headers={"WWW-Authenticate": realm})
    # In a thread: the user store may be an LDAP server.
    if await asyncio.to_thread(accounts.knows, *pair):
        return None
    log.warn(_LOGIN, f"Failed Administrator login attempt '{pair[0]}[-1234]'")
    log.warn(_HANDLER, f"Illegal access attempt while trying to access service {name}")
    words = "Access Denied. Authentication failed - Invalid credentials provided."
    return fault_response(SoapFaultError(words, ACCESS_DENIED))


def read_call(body: bytes) -> Call:
    """Return the call in an envelope; raises XmlError, or SoapFaultError for another body."""
    root = parse_xml(body)
    for namespace in _ENVELOPES:
        inside = root.find(f"{{{namespace}}}Body")
        if root.tag == f"{{{namespace}}}Envelope" and inside is not None and len(inside):
            called = inside[0]
            spaced, _, operation = called.tag.rpartition("}")
            arguments = {each.tag.rpartition("}")[2]: each.text or "" for each in called}
            return Call(spaced.removeprefix("{"), operation, arguments)
    raise SoapFaultError("The body of the envelope holds no operation", "soapenv:Client")


def fault_response(fault: SoapFaultError) -> Response:
    """Return a fault: always 500, as Axis2 sends it."""
    body = (
        f"<soapenv:Fault><faultcode>{fault.code}</faultcode>"
        f"<faultstring>{escape(fault.text)}</faultstring><detail/></soapenv:Fault>"
    )
    return Response(500, enveloped(body), _TEXT_XML)


def enveloped(body: str) -> bytes:
    """Return *body* in a SOAP 1.1 envelope."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soapenv:Envelope xmlns:soapenv="{ENVELOPE}">'
        f"<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
    ).encode()


def _answer(service: Service, operation: str, inner: str) -> Response:
    name = f"ns:{operation}Response"
    body = f'<{name} xmlns:ns="{service.namespace}">{inner}</{name}>'
    return Response(200, enveloped(body), _TEXT_XML)


def _shown(request: Request, services: Mapping[str, Service], server: str) -> Response:
    """Return what a browser sees: only a WSDL tells a hidden service from an absent one."""
    asks_wsdl = "wsdl" in request.query
    if is_version(request.path) and server.startswith(_WITHOUT_VERSION):
        absent = f"<faultstring>{_ABSENT} {request.path}</faultstring>"
        return Response(500, absent.encode(), VERSION_CONTENT_TYPE)
    if is_version(request.path):
        found = Response(200, version_body(server), VERSION_CONTENT_TYPE)
        return _wsdl("Version") if asks_wsdl else found
    if not asks_wsdl:
        return Response(500, _PAGE, _HTML)
    named = _SERVICE_PATH.fullmatch(request.path)
    service = services.get(named["name"]) if named else None
    if named is None or service is None:
        return Response(404, _PAGE, _HTML)
    return Response(403, _PAGE, _HTML) if service.is_admin else _wsdl(named["name"])


def _wsdl(name: str) -> Response:
    body = (
        '<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/">'
        f"<wsdl:documentation>{name} (stand-in)</wsdl:documentation></wsdl:definitions>"
    )
    return Response(200, body.encode(), _TEXT_XML)

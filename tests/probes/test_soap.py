"""The SOAP probe against a TLS server that answers as an admin service was measured to."""

import base64

import pytest

from probes.attempt import attempt
from probes.result import Outcome, Phase
from probes.target import HttpRequest, Protocol, Target

HOST = "cp.wso2.com"
PASSWORD = "a<secret>&of'the\"lab"
VALIDATE = HttpRequest(
    "POST",
    "/services/APIKeyValidationService",
    (200,),
    authenticated=True,
    headers=(("Content-Type", "text/xml"), ("SOAPAction", '"urn:validateKey"')),
    body="<e>validateKey</e>",
    contains="900901",
)
LOGIN = HttpRequest(
    "POST",
    "/services/AuthenticationAdmin",
    (200,),
    headers=(("SOAPAction", '"urn:login"'),),
    body="<u>{username}</u><p>{password}</p>",
    contains=">true<",
)
FAULT = (
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
    "<soapenv:Fault><faultcode>{code}</faultcode><faultstring>{text}</faultstring>"
    "<detail/></soapenv:Fault></soapenv:Body></soapenv:Envelope>"
)
DENIED = FAULT.format(
    code="50977", text="Access Denied. Authentication failed - Invalid credentials provided."
)


def target(port: int, *requests: HttpRequest) -> Target:
    return Target(
        "a link",
        Protocol.SOAP,
        HOST,
        port,
        timeout=0.5,
        username="admin",
        password=PASSWORD,
        requests=requests,
    )


def service(*answers: tuple[int, str], heard: list[bytes]):
    async def handler(reader, writer):
        for status, body in answers:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split()[0])
            heard.append(head + await reader.readexactly(length))
            content = body.encode()
            writer.write(b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n" % (status, len(content)))
            writer.write(content)
        await reader.read(-1)

    return handler


async def ask(serve, vantage, authority, *requests: HttpRequest, answers):
    heard: list[bytes] = []
    async with serve(service(*answers, heard=heard), authority.server(HOST)) as port:
        return await attempt(target(port, *requests), vantage), heard


async def test_both_services_answer_over_one_connection(serve, vantage, authority):
    answers = [(200, "<s>900901</s>"), (200, "<ns:return>true</ns:return>")]
    found, heard = await ask(serve, vantage, authority, VALIDATE, LOGIN, answers=answers)
    assert found.outcome is Outcome.OK
    assert found.seen == (
        "200 for POST /services/APIKeyValidationService, 200 for POST /services/AuthenticationAdmin"
    )
    basic = base64.b64encode(f"admin:{PASSWORD}".encode())
    assert b"Authorization: Basic " + basic in heard[0]
    assert b"<p>a&lt;secret&gt;&amp;of'the\"lab</p>" in heard[1]
    assert b"Authorization" not in heard[1]


@pytest.mark.parametrize("answer", [(500, DENIED), (401, "")])
async def test_both_refusals_of_an_admin_service_are_wrong_credentials(
    serve, vantage, authority, answer
):
    found, _ = await ask(serve, vantage, authority, VALIDATE, answers=[answer])
    assert found.outcome is Outcome.CREDENTIALS_REFUSED
    assert list(found.phases)[-1] is Phase.AUTH


async def test_the_faults_own_words_are_shown(serve, vantage, authority):
    found, _ = await ask(serve, vantage, authority, VALIDATE, answers=[(500, DENIED)])
    assert found.seen == (
        "500 Access Denied. Authentication failed - Invalid credentials provided."
    )


async def test_a_login_that_is_false_is_wrong_credentials(serve, vantage, authority):
    answer = (200, "<ns:return>false</ns:return>")
    found, _ = await ask(serve, vantage, authority, LOGIN, answers=[answer])
    assert found.outcome is Outcome.CREDENTIALS_REFUSED


@pytest.mark.parametrize(
    "answer",
    [
        (500, FAULT.format(code="soapenv:Server", text="java.lang.NullPointerException")),
        (500, "<html>no fault</html>"),
        (200, "<s>900908</s>"),
        (404, ""),
    ],
)
async def test_any_other_answer_is_a_wrong_one(serve, vantage, authority, answer):
    found, _ = await ask(serve, vantage, authority, VALIDATE, answers=[answer])
    assert found.outcome is Outcome.WRONG_ANSWER


async def test_a_password_that_comes_back_in_xml_is_blanked_out(serve, vantage, authority):
    said = FAULT.format(code="a", text="you said a&lt;secret&gt;&amp;of'the\"lab")
    found, _ = await ask(serve, vantage, authority, LOGIN, answers=[(500, said)])
    assert found.seen == "500 you said ***"

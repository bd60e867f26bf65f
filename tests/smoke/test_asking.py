"""Questions over real TLS: the way is the host's, every name stays the lab's."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from lab.plan.model import Account
from lab.render.certificates import make_authority, make_pair
from lab.render.key_stock import make_key
from lab.smoke.asking import Asker, NoAnswerError, Question

URL = "https://cp.wso2.com:9443/api?x=1"


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Give a file with key and certificate of cp.wso2.com, and its authority's certificate."""
    authority = make_authority("smoke", make_key())
    pair = make_pair(authority, ["cp.wso2.com"], make_key())
    file = tmp_path_factory.mktemp("identity") / "server.pem"
    file.write_bytes(pair.key_pem() + pair.certificate_pem())
    return file, authority.certificate_pem().decode()


class Server:
    def __init__(self) -> None:
        self.port = 0
        self.names: list[str] = []
        self.heads: list[str] = []


@pytest.fixture
async def server(identity: tuple[Path, str]) -> AsyncIterator[Server]:
    seen = Server()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(b"HTTP/1.1 418 \r\nContent-Length: 2\r\n\r\nok")
        await writer.drain()
        writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity[0])
    context.sni_callback = lambda _tls, name, _context: seen.names.append(name)
    listening = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    seen.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield seen


@pytest.fixture
def asker(server: Server, identity: tuple[Path, str]) -> Callable[[str], Asker]:
    return lambda name: Asker(lambda: {(name, 9443): server.port}, identity[1], within=5.0)


async def test_a_question_keeps_host_and_name_and_says_who_asks(server: Server, asker) -> None:
    question = Question("POST", URL, basic=Account("admin", "pw"), form={"scope": "a b"})
    answer = await asker("cp.wso2.com").ask(question)
    assert (answer.status, answer.body) == (418, "ok")
    assert server.names == ["cp.wso2.com"]
    assert server.heads[0].startswith("POST /api?x=1 HTTP/1.1\r\nHost: cp.wso2.com:9443\r\n")
    assert "Authorization: Basic YWRtaW46cHc=" in server.heads[0]


async def test_a_virtual_host_is_asked_for_at_its_gateway(server: Server, asker) -> None:
    await asker("cp.wso2.com").ask(Question("GET", URL, token="t", named="apis.example.com"))
    assert server.names == ["cp.wso2.com"]
    assert "Host: apis.example.com:9443" in server.heads[0]
    assert "Authorization: Bearer t" in server.heads[0]


async def test_a_soap_service_is_sent_its_envelope(server: Server, asker) -> None:
    await asker("cp.wso2.com").ask(Question("POST", URL, envelope="<s:Envelope/>"))
    head = server.heads[0]
    assert "Content-Type: text/xml" in head
    assert 'SOAPAction: ""' in head
    assert "Content-Length: 13" in head


async def test_what_is_not_published_is_not_asked(server: Server, asker) -> None:
    with pytest.raises(NoAnswerError, match=r"cp\.wso2\.com:9443 is not published"):
        await asker("km.wso2.com").ask(Question("GET", URL))
    assert server.heads == []


async def test_a_certificate_for_another_name_is_no_answer(server: Server, asker) -> None:
    with pytest.raises(NoAnswerError, match="certificate not valid"):
        await asker("km.wso2.com").ask(Question("GET", URL.replace("cp.", "km.")))


async def test_a_closed_port_is_no_answer(identity: tuple[Path, str]) -> None:
    asker = Asker(lambda: {("cp.wso2.com", 9443): 1}, identity[1], within=5.0)
    with pytest.raises(NoAnswerError, match="refused"):
        await asker.ask(Question("GET", URL))

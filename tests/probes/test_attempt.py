"""Every protocol against servers that refuse, hang, close, talk nonsense or lie in TLS."""

import dataclasses
import json

import pytest

from probes.attempt import attempt, without_credentials
from probes.connection import Vantage
from probes.local import stand_here
from probes.result import Outcome, Phase, Result, result_from_json
from probes.target import HttpRequest, Protocol, Target, target_from_json
from probes.trial import Trial

HOST = "cp.wso2.com"
ASK = HttpRequest("GET", "/services/Version", (200,))
NOT_SPOKEN = {Protocol.TCP, Protocol.UNKNOWN}
ASKING = (Protocol.HTTPS, Protocol.HTTP, Protocol.SOAP)
TLS_FIRST = (
    Protocol.HTTPS,
    Protocol.WSS,
    Protocol.BINARY_TLS,
    Protocol.TLS,
    Protocol.SOAP,
    Protocol.THRIFT,
)
SPOKEN = sorted(set(Protocol) - NOT_SPOKEN)


def target(protocol: Protocol, port: int, **fields: object) -> Target:
    return Target(
        **{
            "id": "a link",
            "protocol": protocol,
            "host": HOST,
            "port": port,
            "timeout": 0.5,
            "username": "admin",
            "password": "a-secret-of-the-lab",
            "requests": (ASK,) if protocol in ASKING else (),
            "use_tls": protocol is not Protocol.LDAP,
            "hub_host": HOST,
            "hub_port": port,
            "hub_username": "admin",
            "hub_password": "a-secret-of-the-hub",
            **fields,
        }
    )


@pytest.mark.parametrize("protocol", Protocol)
async def test_a_closed_port_refuses(protocol, closed_port, vantage):
    result = await attempt(target(protocol, closed_port), vantage)
    assert result.outcome is Outcome.REFUSED
    assert list(result.phases) == [Phase.DNS, Phase.TCP]
    assert result.endpoint == f"{HOST}:{closed_port}"


@pytest.mark.parametrize("protocol", SPOKEN)
async def test_a_server_that_hangs_is_silent(protocol, serve, hanging, vantage):
    async with serve(hanging) as port:
        result = await attempt(target(protocol, port), vantage)
    assert result.outcome is Outcome.SILENT
    assert list(result.phases)[-1] not in (Phase.DNS, Phase.TCP)


@pytest.mark.parametrize("protocol", SPOKEN)
async def test_a_server_that_closes_at_once_is_told_from_one_that_hangs(
    protocol, serve, closing, vantage
):
    async with serve(closing) as port:
        result = await attempt(target(protocol, port), vantage)
    assert result.outcome is Outcome.CLOSED


@pytest.mark.parametrize("protocol", SPOKEN)
async def test_a_server_of_another_protocol_is_recognised(protocol, serve, nonsense, vantage):
    async with serve(nonsense) as port:
        result = await attempt(target(protocol, port), vantage)
    assert result.outcome is Outcome.WRONG_PROTOCOL


@pytest.mark.parametrize("protocol", sorted(NOT_SPOKEN))
async def test_a_protocol_that_is_not_spoken_needs_only_a_connection(
    protocol, serve, hanging, vantage
):
    async with serve(hanging) as port:
        result = await attempt(target(protocol, port), vantage)
    assert (result.outcome, result.seen) == (Outcome.OK, "connected")


@pytest.mark.parametrize("protocol", Protocol)
async def test_a_name_that_nobody_knows_ends_in_the_phase_dns(protocol, closed_port, vantage):
    unknown = target(protocol, closed_port, host="no..name", hub_host="no..name")
    result = await attempt(unknown, vantage)
    assert result.outcome is Outcome.NAME_UNKNOWN
    assert list(result.phases) == [Phase.DNS]


@pytest.mark.parametrize("protocol", [Protocol.HTTPS, Protocol.WSS, Protocol.TLS])
async def test_a_certificate_for_another_name_is_named(
    protocol, serve, hanging, vantage, authority
):
    async with serve(hanging, authority.server("tm.wso2.com", "localhost")) as port:
        result = await attempt(target(protocol, port), vantage)
    assert result.outcome is Outcome.CERTIFICATE_INVALID
    assert result.seen == "not valid for the name cp.wso2.com, only for tm.wso2.com, localhost"
    assert list(result.phases)[-1] is Phase.TLS


@pytest.mark.parametrize("protocol", TLS_FIRST)
async def test_an_expired_certificate_is_refused_with_its_date(
    protocol, serve, hanging, vantage, authority
):
    async with serve(hanging, authority.server(HOST, age=60)) as port:
        result = await attempt(target(protocol, port), vantage)
    assert result.outcome is Outcome.CERTIFICATE_INVALID
    assert "the certificate expired on" in result.seen
    assert "GMT" in result.seen


@pytest.mark.parametrize("protocol", TLS_FIRST)
async def test_a_certificate_of_the_future_is_refused(protocol, serve, hanging, vantage, authority):
    async with serve(hanging, authority.server(HOST, age=-60)) as port:
        result = await attempt(target(protocol, port), vantage)
    assert result.outcome is Outcome.CERTIFICATE_INVALID
    assert "is not valid before" in result.seen


@pytest.mark.parametrize("protocol", TLS_FIRST)
async def test_a_certificate_of_an_unknown_ca_is_refused(
    protocol, serve, hanging, vantage, stranger
):
    async with serve(hanging, stranger.server(HOST)) as port:
        result = await attempt(target(protocol, port), vantage)
    assert result.outcome is Outcome.CERTIFICATE_INVALID
    assert "not signed by a CA that the node trusts" in result.seen


async def test_a_bug_in_a_probe_is_no_result(vantage, monkeypatch):
    async def stumble(_trial: Trial) -> str:
        raise KeyError("a bug")

    monkeypatch.setattr("probes.attempt.probe_for", {Protocol.TCP: stumble}.get)
    with pytest.raises(KeyError):
        await attempt(target(Protocol.TCP, 1), vantage)


@pytest.mark.parametrize(
    "password", ["a-secret", 'p&ss"w%rd@1', "tab\tand space", "päßword", "<b>'x'</b>"]
)
@pytest.mark.parametrize(
    "echo", [str, repr, json.dumps, lambda text: json.dumps({"error": f"for admin:{text}"})]
)
def test_no_form_of_a_password_survives_in_what_a_server_said(password, echo):
    asked = target(Protocol.TCP, 1, password=password)
    seen = without_credentials(f"{'x' * 490} said {echo(password)} twice: {password}", asked)
    assert password not in seen
    assert password[:4] not in seen
    assert len(seen) <= 500


def test_what_a_server_said_holds_no_control_characters():
    assert without_credentials("red \x1b[31m\r\nnext", target(Protocol.TCP, 1)).isprintable()


def test_a_result_survives_its_trip_through_json():
    result = Result("a", Outcome.REFUSED, {Phase.DNS: 0.5, Phase.TCP: 1.5}, "x", "y", "h:1", 2.5)
    assert result_from_json(json.loads(json.dumps(result.to_json()))) == result


def test_a_target_survives_its_trip_through_json():
    asked = target(
        Protocol.HTTPS, 9443, requests=(dataclasses.replace(ASK, headers=(("a", "b"),)),)
    )
    assert target_from_json(json.loads(json.dumps(asked.to_json()))) == asked


def test_a_password_is_not_in_the_text_of_a_target():
    assert "a-secret" not in repr(target(Protocol.TCP, 1))


def test_the_host_stands_where_published_ports_are():
    here = stand_here("", {"gw.wso2.com": "127.0.0.1"})
    assert isinstance(here, Vantage)
    assert here.resolver.addresses == {"gw.wso2.com": "127.0.0.1"}

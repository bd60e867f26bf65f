from dataclasses import replace

from lab.diagnosis.diagnose import diagnose
from lab.diagnosis.verdict import Diagnosis
from lab.products.facts import Protocol
from probes.result import Outcome, Result
from tests.diagnosis.cluster import BY_ID, Seen, link

HOST = link(
    "host/cp:5672", Protocol.AMQP, "cp", 5672, 3, url="amqp://cp.wso2.com:35001", credentials=None
)


def _diagnose(*refused: str) -> Diagnosis:
    evidence = Seen(dict.fromkeys(refused, Outcome.REFUSED)).evidence()
    seen = Result(HOST.id, Outcome.CLOSED, seen="closed by the server")
    return diagnose(
        replace(
            evidence,
            links=(*evidence.links, HOST),
            results={**evidence.results, HOST.id: seen},
        )
    )


def test_a_port_that_only_the_host_cannot_reach_is_a_cause_at_its_line() -> None:
    (cause,) = _diagnose().causes
    assert (cause.code, cause.where) == ("LAB0243", "host/deployment.toml:3 cp:5672")
    assert "amqp://cp.wso2.com:35001" in cause.what
    assert cause.explains == ("host/cp:5672",)


def test_a_port_that_nobody_can_reach_has_one_cause_for_host_and_nodes() -> None:
    into = [id_ for id_, it in BY_ID.items() if (it.to, it.port) == ("cp", 5672)]
    (cause,) = _diagnose(*into).causes
    assert cause.code == "LAB0241"
    assert set(cause.explains) >= {"host/cp:5672", *into}

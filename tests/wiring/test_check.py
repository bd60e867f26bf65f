"""The static check: nothing on right files, and for each mistake its one finding at its line."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab.wiring.codes import CODES
from lab.wiring.finding import Severity

CHECKOUT = Path(__file__).parents[2]
SAMPLES = Path(__file__).parent / "samples"


@dataclass(frozen=True)
class Mistake:
    """An edit of one node's file, and what must be said about it."""

    code: str
    node: str
    old: str
    new: str
    says: str  # a text that the finding's sentence must hold
    at: str = ""  # a text in the line it names; empty: the edit's own
    severity: Severity = Severity.ERROR
    mend: str = ""


def table(name: str) -> list[dict[str, str]]:
    text = (SAMPLES / f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)[name.removesuffix("s")]


INFO = Severity.INFO
MISTAKES = [Mistake(**row) for row in table("mistakes")]
RIGHT = [(row["why"], row["node"], row["old"], row["new"]) for row in table("right")]


def make(nodes, mistake: Mistake) -> None:
    if mistake.old != mistake.new:
        nodes.edit(mistake.node, mistake.old, mistake.new)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda one: f"{one.code}-{one.node}-{one.says}")
def test_each_mistake_has_its_finding_at_its_line_and_no_other(nodes, mistake):
    make(nodes, mistake)
    wanted = [
        finding
        for finding in nodes.findings(remarks=mistake.severity == INFO)
        if finding.severity is not INFO or finding.code == mistake.code
    ]
    assert {finding.code for finding in wanted} == {mistake.code}
    saying = [finding for finding in wanted if mistake.says in finding.what]
    assert saying, [finding.what for finding in wanted]
    finding = saying[0]
    assert finding.severity == mistake.severity
    assert mistake.mend in finding.mend
    text = nodes.text(finding.where.file.partition("/")[0]).split("\n")[finding.where.line - 1]
    assert (mistake.at or mistake.new) in text


def test_the_documents_own_files_have_no_finding(nodes):
    assert nodes.findings() == ()


def test_remarks_are_told_only_when_they_are_asked_for(nodes):
    assert sorted(nodes.codes(remarks=True)) == ["LAB0119", "LAB0125"]


def test_one_wrong_password_is_one_finding_for_each_node_that_refuses_it(nodes):
    nodes.edit("gw", 'password = "admin"', 'password = "hush-hush"')
    findings = nodes.findings()
    assert [finding.code for finding in findings] == ["LAB0104", "LAB0104", "LAB0104"]
    assert {re.search(r"at (\w+) with", finding.what)[1] for finding in findings} == {
        "cp",
        "tm",
        "km",
    }
    assert "hush-hush" not in repr(findings)


def test_a_port_that_follows_the_dialling_nodes_offset_is_told_as_that(nodes):
    nodes.edit("tm", "offset = 0", "offset = 2")
    port = "${mgt.transport.https.port}"
    nodes.edit("tm", "https://cp.wso2.com:9443", f"https://cp.wso2.com:{port}")
    [finding] = [one for one in nodes.findings() if one.where.file == "tm/deployment.toml"]
    assert finding.code == "LAB0108"
    assert finding.where.line == nodes.line("tm", port)
    assert "follows the offset of tm (2), and cp has offset 0" in finding.what
    assert finding.mend.endswith("https://cp.wso2.com:9443/services/")


def test_an_offset_that_the_others_forgot_is_told_for_each_of_their_urls(nodes):
    nodes.edit("tm", "offset = 0", "offset = 2")
    found = {(one.code, one.where.file.partition("/")[0]) for one in nodes.findings()}
    assert found == {("LAB0102", "gw"), ("LAB0102", "cp")}
    assert len(nodes.findings()) == 8


ADMIN = '[super_admin]\nusername = "admin"\npassword = "admin"\n'


def test_a_gateway_that_names_nobody_is_told_what_it_lacks(lone):
    lone.write("gw", ADMIN + '[server]\nserver_role = "gateway-worker"\n')
    found = {(finding.code, finding.severity.value) for finding in lone.findings()}
    assert found == {("LAB0117", "error"), ("LAB0117", "warning")}
    assert len(lone.findings()) == 5


def test_a_character_that_breaks_amqp_urls_is_found_in_logins(lone):
    login = '[super_admin]\nusername = "admin"\npassword = "pass/word"\n'
    role = '[server]\nhostname = "{0}"\nserver_role = "{1}"\n'
    hub = (
        '[apim.event_hub]\nservice_url = "https://cp:9443/services/"\n'
        'event_listening_endpoints = ["tcp://cp:5672"]\n'
    )
    lone.write("cp", role.format("cp", "control-plane") + login)
    lone.write("tm", role.format("tm", "traffic-manager") + login + hub)
    [finding] = lone.findings()
    assert (finding.code, str(finding.where)) == ("LAB0123", "tm/deployment.toml:6")
    assert "pass/word" not in finding.what


PAIR = ADMIN + '[server]\nserver_role = "{role}"\nhostname = "{name}"\n[apim.event_hub]\n{hub}\n'


def test_a_hub_that_lists_its_peer_first_publishes_into_it(lone):
    for name, hubs in (("cp1", '["tcp://localhost:5672"]'), ("cp2", '["tcp://cp1:5672"]')):
        copies = '["tcp://cp2:5672"]' if name == "cp1" else '["tcp://cp1:5672"]'
        hub = f"event_listening_endpoints = {hubs}\nevent_duplicate_url = {copies}"
        lone.write(name, PAIR.format(role="control-plane", name=name, hub=hub))
    [finding] = lone.findings()
    assert (finding.code, finding.where.file) == ("LAB0126", "cp2/deployment.toml")


def test_nodes_that_need_each_other_to_start_are_told(lone):
    url = (
        '[apim.key_manager]\nservice_url = "https://{0}:9443/services/"\n'
        '[apim.throttling]\nevent_duplicate_url = ["tcp://{0}:5672"]\n'
    )
    for name, other in (("a", "b"), ("b", "a")):
        role = f'[server]\nserver_role = "control-plane"\nhostname = "{name}"\n'
        lone.write(name, ADMIN + role + url.format(other))
    assert [finding.code for finding in lone.findings()] == ["LAB0120"]


def test_raw_groups_that_do_not_match_or_mix_are_found(lone):
    lone.write(
        "n",
        "[apim.throttling]\n"
        'receiver_url = "{tcp://a:1},{tcp://b:2|tcp://c:3,tcp://d:4}"\n'
        'receiver_auth_url = "{ssl://a:1},{ssl://b:2}"\n',
    )
    found = [finding.what for finding in lone.findings() if finding.code == "LAB0107"]
    assert len(found) == 2


def test_a_login_at_another_host_than_the_receivers_is_found(nodes):
    nodes.edit("gw", '["ssl://tm.wso2.com:9711"]', '["ssl://cp.wso2.com:9711"]')
    assert nodes.codes() == ["LAB0107"]


@pytest.mark.parametrize(
    ("node", "old", "new"), [one[1:] for one in RIGHT], ids=[one[0] for one in RIGHT]
)
def test_what_is_right_is_not_found(nodes, node, old, new):
    if ":443/" in new:
        nodes.append("gw", "\n[transport.https.properties]\nproxyPort = 443\n")
    nodes.edit(node, old, new)
    assert nodes.findings() == ()


def codes_in(path: Path) -> set[str]:
    return set(re.findall(r"LAB01\d\d", path.read_text(encoding="utf-8")))


def test_every_code_has_a_section_and_a_test():
    sources = [*(CHECKOUT / "lab" / "wiring" / "check").glob("*.py")]
    sources += [CHECKOUT / "lab" / "wiring" / f"{kind}_reader.py" for kind in ("toml", "xml")]
    codes = set().union(*(codes_in(path) for path in sources))
    assert codes == set(CODES)
    text = (CHECKOUT / "docs" / "findings.md").read_text(encoding="utf-8")
    assert codes == set(re.findall(r"^### (LAB01\d\d)", text, re.MULTILINE))
    assert codes <= codes_in(SAMPLES / "mistakes.toml") | {
        path.name[:7] for path in (Path(__file__).parent / "check" / "bad").iterdir()
    }


def test_every_code_has_the_title_of_its_section():
    text = (CHECKOUT / "docs" / "findings.md").read_text(encoding="utf-8")
    assert dict(re.findall(r"^### (LAB01\d\d) (.+)$", text, re.MULTILINE)) == CODES

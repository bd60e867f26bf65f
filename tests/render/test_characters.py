"""Each character that may be written: from the topology through the file to what a probe says."""

import string
from pathlib import Path

import pytest

from lab.gate.targets import make_targets
from lab.plan.make import make_plan
from lab.products.logins import BREAK_AMQP_URL, BREAK_XML
from lab.render.configuration import configuration, configuration_files
from lab.topology.read import parse_topology
from lab.wiring.read import read_links
from probes.target import Protocol

TEXT = (Path(__file__).parents[2] / "topologies/km-tm-separated.toml").read_text(encoding="utf-8")
PRINTABLE = string.digits + string.ascii_letters + string.punctuation + " "
OF_DATABASE = sorted(set(PRINTABLE) - set(BREAK_XML))
OF_SUPER_ADMIN = sorted(set(OF_DATABASE) - set(BREAK_AMQP_URL))
LOGGING_IN = {Protocol.HTTPS, Protocol.AMQP, Protocol.BINARY, Protocol.BINARY_TLS}


def quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def logins(text: str, folder: Path) -> dict[Protocol, set[tuple[str, str]]]:
    """Give what a control plane's probes say, by what they speak."""
    plan = make_plan(parse_topology(text))
    node = plan.node("cp")
    file = folder / "cp" / "deployment.toml"
    file.parent.mkdir()
    files = configuration_files(plan, node, configuration(plan, "")["cp"])
    file.write_bytes(files["deployment.toml"])
    found: dict[Protocol, set[tuple[str, str]]] = {}
    for target in make_targets(read_links(folder, None).links, (), attempt=1).values():
        if target.username:
            found.setdefault(target.protocol, set()).add((target.username, target.password))
    return found


@pytest.mark.parametrize("character", OF_SUPER_ADMIN)
def test_a_super_admin_s_character_reaches_every_probe(character: str, tmp_path: Path) -> None:
    name, password = f"u{character}v", f"{character}Zq7{character}"
    account = f"[super_admin]\nusername = {quoted(name)}\npassword = {quoted(password)}\n"
    found = logins(f"{TEXT}\n{account}", tmp_path)
    for protocol in LOGGING_IN:
        assert found[protocol] == {(name, password)}


@pytest.mark.parametrize("character", OF_DATABASE)
def test_a_database_s_character_reaches_its_probe(character: str, tmp_path: Path) -> None:
    name, password = f"u{character}v", f"{character}Zq7{character}"
    account = f"username = {quoted(name)}\npassword = {quoted(password)}\n"
    text = TEXT.replace('username = "root"\npassword = "root"\n', account)
    assert logins(text, tmp_path)[Protocol.MYSQL] == {(name, password)}


def test_every_printable_character_is_judged() -> None:
    assert len(OF_SUPER_ADMIN) == 62 + len("!$'()*+,-.;=_~")
    assert len(OF_DATABASE) == 95 - len("<&")

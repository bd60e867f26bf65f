"""Links through a load balancer and to each member behind it, as its own file says."""

from pathlib import Path

import pytest

from lab.errors import TopologyError
from lab.plan.make import make_plan
from lab.products.facts import Protocol
from lab.products.keys_4x import HEALTH
from lab.render.write import render
from lab.topology.read import read_topology
from lab.wiring.haproxy_reader import read_haproxy
from lab.wiring.published import read_published
from lab.wiring.read import read_links
from lab.wiring.start import plan_start

CHECKOUT = Path(__file__).parents[2]
READY = sorted((CHECKOUT / "topologies").glob("ha-*.toml"))
SHIFTED = CHECKOUT / "tests/topologies/good/pairs-with-offsets.toml"


class Rendered:
    """A rendered lab whose files a test may edit."""

    def __init__(self, topology: Path, folder: Path) -> None:
        self.plan = make_plan(read_topology(topology))
        self.folder = folder
        render(self.plan, folder)

    def wiring(self):
        return read_links(self.folder / "nodes", self.plan)

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def lab(tmp_path: Path) -> Rendered:
    return Rendered(CHECKOUT / "topologies/ha-all.toml", tmp_path / "lab")


@pytest.mark.parametrize("topology", [*READY, SHIFTED], ids=lambda path: path.stem)
def test_generated_files_have_no_finding_and_no_host_that_nobody_has(topology, tmp_path):
    wiring = Rendered(topology, tmp_path / "lab").wiring()
    assert wiring.findings == ()
    assert [link.id for link in wiring.links if link.to is None] == []
    assert len({link.id for link in wiring.links}) == len(wiring.links)


def test_a_balancer_s_name_leads_to_the_balancer(lab):
    link = lab.wiring().link("gw-1/apim.event_hub.service_url")
    assert (link.to, link.host, link.port) == ("cp-lb", "cp.wso2.com", 443)
    assert link.asks[0].path == "/internal/data/v1/block"


def test_each_member_is_a_link_of_the_balancer_at_its_line(lab):
    wiring = lab.wiring()
    own = {link.id: link for link in wiring.links if link.node == "gw-lb"}
    targets = (8099, 8243, 8280, 9099, 9443)
    assert set(own) == {f"gw-lb/to-{port}.gw-{n}" for port in targets for n in (1, 2)}
    link = own["gw-lb/to-8099.gw-2"]
    assert (link.to, link.host, link.port) == ("gw-2", "gw-2.wso2.com", 8099)
    assert link.protocol is Protocol.WSS
    lines = (lab.folder / "balancers/gw-lb/haproxy.cfg").read_text(encoding="utf-8").split("\n")
    assert link.source.file == "gw-lb/haproxy.cfg"
    assert "server gw-2 gw-2.wso2.com:8099" in lines[link.source.line - 1]


def test_of_websub_behind_a_balancer_a_connection_counts(tmp_path):
    text = (CHECKOUT / "topologies/ha-all-in-one.toml").read_text(encoding="utf-8")
    topology = tmp_path / "websub.toml"
    topology.write_text(text.replace("[nodes.am-1]", "ports = { 8021 = 8021 }\n\n[nodes.am-1]"))
    lab = Rendered(topology, tmp_path / "lab")
    link = lab.wiring().link("am-lb/to-8021.am-1")
    assert (link.protocol, link.asks) == (Protocol.HTTPS, ())
    (tmp_path / "ports.json").write_text('{ "am-lb": { "8021": 35001, "9099": 35002 } }')
    told = {link.port: link for link in read_published(tmp_path, lab.plan)}
    assert (told[8021].asks, told[9099].asks) == ((), HEALTH)
    assert told[8021].why.startswith("WebSub,")
    assert told[9099].why.startswith("WebSocket APIs,")


def test_an_edited_file_is_what_counts(lab):
    lab.edit("balancers/km-lb/haproxy.cfg", "km-2 km-2.wso2.com:9763", "km-2 kn-2.wso2.com:9764")
    link = lab.wiring().link("km-lb/to-9763.km-2")
    assert (link.to, link.host, link.port) == (None, "kn-2.wso2.com", 9764)


@pytest.mark.parametrize(
    ("old", "new", "says", "mend"),
    [
        ("https://km.wso2.com/", "https://km.wso2.com:9443/", "no port 9443", "km.wso2.com:443"),
        ("https://tm.wso2.com/", "https://cp.wso2.com:80/", "port 80", "cp.wso2.com:443"),
        ("tcp://tm-1.wso2.com:5672", "tcp://tm.wso2.com:5672", "no port 5672", "tm-1.wso2.com"),
    ],
)
def test_a_port_that_the_balancer_does_not_open_for_it_is_a_finding(lab, old, new, says, mend):
    lab.edit("nodes/gw-1/deployment.toml", old, new)
    (finding,) = lab.wiring().findings
    assert finding.code == "LAB0102"
    assert says in finding.what
    assert mend in finding.mend


def test_a_balancer_before_another_role_is_a_finding(lab):
    lab.edit(
        "nodes/gw-1/deployment.toml", "https://km.wso2.com/", "https://tm.wso2.com/services/x/"
    )
    assert [finding.code for finding in lab.wiring().findings] == ["LAB0109"]


def test_a_wrong_password_is_found_through_the_balancer(lab):
    text = (lab.folder / "nodes/gw-1/deployment.toml").read_text(encoding="utf-8")
    table = text[text.index("[apim.key_manager]") : text.index("[apim.throttling]")]
    changed = table.replace('"$ref{super_admin.password}"', '"another"')
    lab.edit("nodes/gw-1/deployment.toml", table, changed)
    (finding,) = lab.wiring().findings
    assert (finding.code, finding.link) == ("LAB0104", "gw-1/apim.key_manager.service_url")


def test_one_member_is_enough_to_start_on_and_copies_start_one_after_another(lab):
    start = plan_start(lab.wiring().links, lab.plan)
    assert start.dropped == ()
    assert start.needs["gw-2"] == (
        "gw-2/apim.event_hub.service_url",
        "gw-2/apim.event_hub.event_listening_endpoints[0]",
    )
    databases = ("km-2/database.apim_db", "km-2/database.shared_db")
    assert start.needs["km-2"] == (*databases, "km-lb/to-9443.km-1")
    assert start.needs["km-1"] == ("km-1/database.apim_db", "km-1/database.shared_db")
    assert start.needs["cp-2"][-1] == "cp-lb/to-9443.cp-1"
    assert "tm-lb/to-9443.tm-1" not in start.needs["tm-2"]


def test_a_listen_section_is_its_own_backend(tmp_path):
    text = "listen web\n  bind *:443 ssl # TLS\n  server a a.example:9443 check\n"
    (tmp_path / "lb").mkdir()
    (tmp_path / "lb/haproxy.cfg").write_text(text, encoding="utf-8")
    file = read_haproxy(tmp_path, "lb")
    (server,) = file.behind(443)
    assert (server.name, server.host, server.port) == ("a", "a.example", 9443)
    assert str(server.position) == "lb/haproxy.cfg:3"
    assert file.behind(80) == ()


def test_a_missing_file_is_told(lab):
    (lab.folder / "balancers/gw-lb/haproxy.cfg").unlink()
    with pytest.raises(TopologyError) as refused:
        lab.wiring()
    assert "gw-lb/haproxy.cfg" in str(refused.value)

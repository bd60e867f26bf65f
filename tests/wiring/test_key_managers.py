"""Key managers that call themselves control planes, and control planes that are none."""

from pathlib import Path

import pytest

from lab.products.facts import Role
from lab.wiring.node_files import read_nodes
from lab.wiring.read import read_links

HUB = """
[apim.event_hub]
service_url = "https://{0}:9443/services/"
event_listening_endpoints = ["tcp://{0}:5672"]
"""
LISTENER = """
[[event_listener]]
id = "token_revocation"
[event_listener.properties]
notification_endpoint = "https://{0}:9443/internal/data/v1/notify"
"""
PLANE = '[server]\nhostname = "{}"\nserver_role = "control-plane"\n'
ENVIRONMENT = '[[apim.gateway.environment]]\nname = "Default"\n'
TOKENS = '[apim.key_manager]\nservice_url = "https://{}:9443/services/"\n'
NODES = {
    "cp": PLANE.format("cp.acme.example")
    + ENVIRONMENT
    + TOKENS.format("am-km-service")
    + HUB.format("localhost"),
    "gw": '[server]\nserver_role = "gateway-worker"\n'
    + TOKENS.format("am-km-service")
    + HUB.format("cp.acme.example"),
    "km": PLANE.format("km.acme.example")
    + HUB.format("cp.acme.example")
    + LISTENER.format("cp.acme.example"),
}


def role(folder: Path, old: str = "", new: str = "") -> Role | None:
    """Give the role of `km`, with a text exchanged in the files that have it."""
    for name, text in NODES.items():
        (folder / f"{name}.toml").write_text(text.replace(old, new) if old else text)
    return read_nodes(folder, None)["km"].role


def test_who_follows_another_hub_and_is_asked_for_tokens_is_a_key_manager(tmp_path: Path) -> None:
    assert role(tmp_path) is Role.KEY_MANAGER
    codes = {one.code for one in read_links(tmp_path, None).findings}
    assert codes.isdisjoint({"LAB0126", "LAB0129"})


def test_one_may_be_asked_by_its_own_name(tmp_path: Path) -> None:
    assert role(tmp_path, "am-km-service", "km.acme.example") is Role.KEY_MANAGER


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("am-km-service", "localhost"),
        ("am-km-service", "cp.acme.example"),
        (
            '[server]\nserver_role = "gateway-worker"',
            '[server]\nserver_role = "api-key-manager-node"',
        ),
        ('hostname = "km.acme.example"', 'hostname = "cp.acme.example"'),
        (LISTENER.format("cp.acme.example"), ""),
        (LISTENER.format("cp.acme.example"), LISTENER.format("localhost")),
        (LISTENER.format("cp.acme.example"), LISTENER.format("cp.acme.example") + ENVIRONMENT),
        (ENVIRONMENT, ""),
    ],
    ids=[
        "nobody asks it for tokens",
        "the hub is asked for tokens",
        "another is a key manager",
        "the hub's name is its own",
        "it reports no tokens",
        "it reports tokens to itself",
        "it has gateways",
        "no other has gateways",
    ],
)
def test_otherwise_a_control_plane_is_one(tmp_path: Path, old: str, new: str) -> None:
    assert role(tmp_path, old, new) is Role.CONTROL_PLANE


def test_whom_others_name_as_hub_is_a_control_plane(tmp_path: Path) -> None:
    role(tmp_path)
    gateway = NODES["gw"].replace("cp.acme.example", "km.acme.example")
    (tmp_path / "gw.toml").write_text(gateway)
    assert read_nodes(tmp_path, None)["km"].role is Role.CONTROL_PLANE

"""Which nodes share a machine, as their files alone tell."""

from pathlib import Path

import pytest

from lab.wiring.read import read_links

CONTROL_PLANE = """
[server]
hostname = "{host}"
server_role = "control-plane"
[super_admin]
username = "admin"
password = "admin"
[apim.key_manager]
service_url = "https://localhost:9444/services/"
"""
KEY_MANAGER = """
[server]
hostname = "{host}"
server_role = "api-key-manager-deprecated"
offset = {offset}
"""


def asked(folder: Path, *others: tuple[str, int], host: str = "localhost") -> str | None:
    """Tell whom a control plane asks at `localhost:9444`, beside key managers with offsets."""
    files = {"cp": CONTROL_PLANE.format(host=host)}
    for index, (name, offset) in enumerate(others, 1):
        files[f"km-{index}"] = KEY_MANAGER.format(host=name, offset=offset)
    for node, text in files.items():
        (folder / f"{node}.toml").write_text(text)
    wiring = read_links(folder, None)
    return wiring.link("cp/apim.key_manager.service_url").to


@pytest.mark.parametrize(
    ("others", "host", "to"),
    [
        ([("localhost", 1)], "localhost", "km-1"),
        ([("", 1)], "cp.acme.com", "km-1"),
        ([("localhost", 0), ("localhost", 1)], "localhost", "km-2"),
        ([("acme.com", 1)], "acme.com", "km-1"),
        ([("km.acme.com", 1)], "cp.acme.com", "cp"),
        ([("localhost", 2)], "localhost", "cp"),
        ([("localhost", 1), ("localhost", 1)], "localhost", "cp"),
    ],
    ids=[
        "its offset tells it",
        "one of both has a name",
        "another offset tells another",
        "both have one name",
        "each has a name of its own",
        "nobody opens the port",
        "two open it",
    ],
)
def test_localhost_is_the_one_other_node_that_opens_the_port(
    tmp_path: Path, others: list[tuple[str, int]], host: str, to: str
) -> None:
    assert asked(tmp_path, *others, host=host) == to


def test_a_node_whose_role_no_file_tells_may_be_the_one_that_is_asked(tmp_path: Path) -> None:
    (tmp_path / "cp.toml").write_text(CONTROL_PLANE.format(host="localhost"))
    (tmp_path / "km.toml").write_text('[server]\nhostname = "localhost"\noffset = 1\n')
    assert read_links(tmp_path, None).link("cp/apim.key_manager.service_url").to == "km"


@pytest.mark.parametrize(
    ("port", "code", "mend"),
    [
        (
            "9443",
            "LAB0109",
            "write https://localhost:9445/services/ or https://localhost:9444/services/",
        ),
        (
            "9449",
            "LAB0102",
            "write https://localhost:9445/services/ or https://localhost:9444/services/",
        ),
        ("9764", "LAB0103", "write http:// for port 9764, or https://localhost:9444/services/"),
    ],
    ids=["its own", "nobody's", "a plain one"],
)
def test_a_wrong_port_of_localhost_is_told_with_those_of_the_neighbours(
    tmp_path: Path, port: str, code: str, mend: str
) -> None:
    gateway = CONTROL_PLANE.replace("control-plane", "gateway-worker").format(host="localhost")
    gateway += '[apim.event_hub]\nservice_url = "https://localhost:9445/services/"\n'
    (tmp_path / "gw.toml").write_text(gateway.replace("9444", port))
    (tmp_path / "km.toml").write_text(KEY_MANAGER.format(host="localhost", offset=1))
    (tmp_path / "cp.toml").write_text(
        '[server]\nhostname = "localhost"\noffset = 2\nserver_role = "control-plane"\n'
        '[apim.key_manager]\nservice_url = "https://localhost:9444/services/"\n'
    )
    found = [one for one in read_links(tmp_path, None).findings if one.where.file == "gw.toml"]
    told = {one.code: one.mend for one in found if one.link == "gw/apim.key_manager.service_url"}
    assert told == {code: mend}


def test_one_host_name_with_two_offsets_is_two_nodes(tmp_path: Path) -> None:
    (tmp_path / "cp.toml").write_text(
        CONTROL_PLANE.format(host="acme.com").replace("localhost:9444", "acme.com:9444")
    )
    (tmp_path / "km.toml").write_text(KEY_MANAGER.format(host="acme.com", offset=1))
    assert read_links(tmp_path, None).link("cp/apim.key_manager.service_url").to == "km"

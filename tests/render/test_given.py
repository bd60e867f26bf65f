"""Nodes on files of their own: the bytes stay, and the stores are made as the file names them."""

from pathlib import Path

import pytest

from lab.errors import TopologyError
from lab.plan.make import make_plan, read_plan
from lab.render.given import given_stores
from lab.render.stores import Store
from lab.render.write import render
from lab.topology.read import read_topology

TOPOLOGY = """
[lab]
version = "4.1.0"
secrets = "secrets.toml"
[nodes.gw]
role = "gateway"
hostname = "gw.example"
file = "gw.toml"
super_admin = { username = "boss", password = { secret = "gw" } }
"""
# A byte order mark, CRLF, a comment with a letter beyond ASCII: all of it is the customer's.
GIVEN = b'\xef\xbb\xbf[server]\r\nhostname = "gw.example" # f\xc3\xbcr uns\r\n'


def written(folder: Path) -> Path:
    (folder / "t.toml").write_text(TOPOLOGY)
    (folder / "gw.toml").write_bytes(GIVEN)
    (folder / "secrets.toml").write_text('gw = "gw-word"\n')
    (folder / "secrets.toml").chmod(0o600)
    return folder / "t.toml"


def test_a_file_stays_as_it_is_and_a_lab_lives_without_the_topology_s_folder(
    tmp_path: Path,
) -> None:
    path = written(tmp_path)
    render(make_plan(read_topology(path)), tmp_path / "lab")
    for file in (path, tmp_path / "gw.toml", tmp_path / "secrets.toml"):
        file.unlink()
    assert (tmp_path / "lab" / "nodes" / "gw" / "deployment.toml").read_bytes() == GIVEN
    assert not (tmp_path / "lab" / "compose.yaml").exists()
    assert read_plan(tmp_path / "lab").node("gw").super_admin.password == "gw-word"
    assert (tmp_path / "lab" / "secrets.toml").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("content", "what"), [(None, "can't be read"), (b"[server\n", "is not TOML")]
)
def test_a_file_that_is_gone_or_broken_is_told(
    tmp_path: Path, content: bytes | None, what: str
) -> None:
    path = written(tmp_path)
    if content is None:
        (tmp_path / "gw.toml").unlink()
    else:
        (tmp_path / "gw.toml").write_bytes(content)
    with pytest.raises(TopologyError, match=what):
        render(make_plan(read_topology(path)), tmp_path / "lab")


def test_stores_are_made_under_the_names_and_passwords_of_the_file() -> None:
    keys, trusted = given_stores(
        {
            "words": {"one": "0ne"},
            "keystore": {
                "primary": {"file_name": "p.jks", "password": "$ref{words.one}", "alias": "p"},
                "tls": {"file_name": "t.jks", "password": "$secret{tls}", "key_password": "k"},
                "internal": {"file_name": "../../escaped.jks"},
            },
            "truststore": {"file_name": "trust.jks", "password": "tr"},
        }
    )
    assert keys == (Store("t.jks", "$secret{tls}", "p"), Store("p.jks", "0ne", "p"))
    assert [store.password for store in keys] == ["$secret{tls}", "0ne"]
    assert trusted == Store("trust.jks", "tr")


def test_a_file_without_stores_has_the_product_s() -> None:
    keys, trusted = given_stores({"keystore": "nonsense", "truststore": {"password": ""}})
    assert [store.file_name for store in (*keys, trusted)] == [
        "wso2carbon.jks",
        "client-truststore.jks",
    ]

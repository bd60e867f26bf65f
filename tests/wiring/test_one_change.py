"""One URL changed in one file changes exactly one connection, for every key of the table."""

import re
import tempfile
from pathlib import Path

import pytest

from lab.products.facts import Protocol
from lab.products.keys_4x import CONNECTION_KEYS
from lab.wiring.link import Link
from lab.wiring.read import read_links

HERE = Path(__file__).parent
SAMPLES = {path.stem: path for path in (HERE.parent / "render" / "samples").glob("*.toml")}
EVERY_KEY = HERE / "samples" / "every_key.toml"
RAW_GROUPS = HERE / "samples" / "raw_groups.toml"


def folder_of(tmp_path: Path, files: dict[str, Path]) -> Path:
    for name, path in files.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "deployment.toml").write_text(path.read_text(encoding="utf-8"))
    return tmp_path


def connections(folder: Path) -> dict[str, tuple[object, ...]]:
    """Give each connection without the flows, which ride on two of them."""
    links = read_links(folder, None).links
    return {link.id: endpoint(link) for link in links if link.protocol is not Protocol.REVOCATION}


def endpoint(link: Link) -> tuple[object, ...]:
    return link.node, link.host, link.port, link.url, link.protocol, link.source, link.key


def change_host(folder: Path, link: Link) -> None:
    """Put another host into the one URL that the link says it was read from."""
    file, _, line = str(link.source).rpartition(":")
    path = folder / file
    lines = path.read_text(encoding="utf-8").split("\n")
    text = lines[int(line) - 1]
    wanted = re.compile(rf"(?<=[/\"]){re.escape(link.host)}(?=:{link.port}|[\"/])")
    assert len(wanted.findall(text)) == 1, f"{link.host} isn't once in {text!r}"
    lines[int(line) - 1] = wanted.sub("changed.example", text)
    path.write_text("\n".join(lines), encoding="utf-8")


def cases() -> list[tuple[dict[str, Path], str]]:
    """Give every connection of the document's samples, of every key, and of the raw groups."""
    found = []
    for files in (SAMPLES, {"all": EVERY_KEY}, {"raw": RAW_GROUPS}):
        with tempfile.TemporaryDirectory() as name:
            found += [(files, id_) for id_ in connections(folder_of(Path(name), files))]
    return found


@pytest.mark.parametrize(("files", "link_id"), cases(), ids=lambda case: str(case)[-60:])
def test_one_changed_url_changes_exactly_its_own_connection(tmp_path, files, link_id):
    folder = folder_of(tmp_path, files)
    before = connections(folder)
    change_host(folder, read_links(folder, None).link(link_id))
    after = connections(folder)
    assert set(before) == set(after)
    assert [id_ for id_ in before if before[id_] != after[id_]] == [link_id]
    assert after[link_id][1] == "changed.example"


def test_the_samples_hold_every_key_that_the_table_knows(tmp_path):
    folder = folder_of(tmp_path, {"all": EVERY_KEY, "raw": RAW_GROUPS})
    read = {link.key for link in read_links(folder, None).links}
    assert {key.replace("[]", "") for key in CONNECTION_KEYS} - read == set()

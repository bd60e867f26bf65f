"""What a mend about a pair writes is what the other member can be reached by."""

from pathlib import Path

from lab.wiring.read import read_links


def control_plane(folder: Path, name: str, server: str) -> None:
    text = f'[server]\nserver_role = "control-plane"\n{server}\n[apim.throttling]\nusername = "a"\n'
    (folder / f"{name}.toml").write_text(text)


def mends(folder: Path) -> dict[str, str]:
    found = read_links(folder, None).findings
    return {one.where.file: one.mend for one in found if one.code == "LAB0129"}


def test_a_missing_copy_is_mended_by_the_others_name_and_port(tmp_path: Path) -> None:
    control_plane(tmp_path, "one", 'hostname = "localhost"')
    control_plane(tmp_path, "two", 'hostname = "cp2.example"\noffset = 3')
    key = "apim.throttling.event_duplicate_url"
    assert mends(tmp_path) == {
        "one.toml": f'set {key} = ["tcp://cp2.example:5675"]',
        "two.toml": f'set {key} = ["tcp://one:5672"]',
    }

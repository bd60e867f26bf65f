import io
import tarfile
from pathlib import Path

from lab.distributions.homes import Home
from lab.launch.homes.archive import home_archive
from tests.product.make import make_distribution


def packed(home: Path) -> dict[str, tarfile.TarInfo]:
    content = b"".join(home_archive(Home(home), 802))
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        return {member.name: member for member in tar}


def test_everything_belongs_to_the_node_s_user_and_is_writable_to_it(tmp_path: Path):
    home = make_distribution(tmp_path)
    (home / "bin/api-manager.sh").chmod(0o444)
    members = packed(home)
    inside = [one for name, one in members.items() if name.startswith("home/wso2carbon/wso2am/")]
    assert {(one.uid, one.gid) for one in inside} == {(802, 802)}
    assert all(one.mode & 0o200 for one in inside)
    assert members["home"].uid == 0


def test_folders_that_a_start_needs_are_there_and_empty(tmp_path: Path):
    members = packed(make_distribution(tmp_path))
    assert members["home/wso2carbon/wso2am/tmp"].isdir()
    assert not any("left" in name or "wso2carbon.log" in name for name in members)


def test_a_link_stays_a_link(tmp_path: Path):
    home = make_distribution(tmp_path)
    (home / "lib/same.jar").symlink_to("bootstrap.jar")
    member = packed(home)["home/wso2carbon/wso2am/lib/same.jar"]
    assert (member.issym(), member.linkname) == (True, "bootstrap.jar")


def test_nothing_of_the_distribution_is_changed(tmp_path: Path):
    home = make_distribution(tmp_path)

    def seen() -> list[tuple[str, float, int]]:
        return [(str(p), p.stat().st_mtime, p.stat().st_mode) for p in sorted(home.rglob("*"))]

    before = seen()
    packed(home)
    assert seen() == before

import shutil
from pathlib import Path

import pytest

from lab.distributions.content import content_of
from lab.distributions.entry import Entry, Sort
from lab.distributions.homes import Home
from lab.distributions.zips import Zip
from tests.product.make import make_distribution, zipped


class Counting(Home):
    """A home that counts what is opened."""

    opened = 0

    def open(self, entry: Entry):
        self.opened += 1
        return super().open(entry)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return make_distribution(tmp_path)


def test_a_home_that_was_read_once_is_known_without_being_read(home: Path):
    first, again = Counting(home), Counting(home)
    assert content_of(first) == content_of(again)
    assert (first.opened > 10, again.opened) == (True, 0)


def test_a_copy_elsewhere_has_the_same_content(home: Path, tmp_path: Path):
    copy = shutil.copytree(home, tmp_path / "copy")
    assert content_of(Home(copy)) == content_of(Home(home))


def test_a_changed_byte_is_another_content(home: Path):
    before = content_of(Home(home))
    path = home / "lib/bootstrap.jar"
    path.write_text("other")
    assert content_of(Home(home)) != before


def test_what_a_run_has_left_is_not_the_product_s(home: Path):
    before = content_of(Home(home))
    (home / "wso2carbon.pid").write_text("1")
    (home / "repository/logs/more.log").write_text("x")
    metadata = home / "repository/resources/conf/.metadata"
    metadata.mkdir()
    (metadata / "metadata_config.properties").write_text("of another machine")
    cache = home / "repository/components/default/configuration/org.eclipse.osgi/1"
    cache.mkdir(parents=True)
    (cache / "bundle").write_text("x")
    names = {entry.name for entry in Home(home).entries()}
    assert not names & {"wso2carbon.pid", "repository/logs/more.log", "tmp/left"}
    assert not any("org.eclipse.osgi" in name or "metadata_" in name for name in names)
    shutil.rmtree(metadata)
    shutil.rmtree(cache.parent)
    assert content_of(Home(home)) == before


def test_a_zip_holds_what_its_home_holds(home: Path, tmp_path: Path):
    folder, archive = Home(home), Zip(zipped(home, tmp_path / "wso2am.zip"))

    def files(one: Home | Zip) -> dict[str, tuple[int, int]]:
        return {e.name: (e.size, e.mode) for e in one.entries() if e.sort is Sort.FILE}

    assert files(archive) == files(folder)
    assert archive.read("bin/version.txt") == folder.read("bin/version.txt")
    assert archive.names("dbscripts") == folder.names("dbscripts")
    assert archive.has("repository/resources/conf")
    assert not archive.has("repository/nothing")


def test_a_zip_s_dbscripts_are_taken_out_of_it(home: Path, tmp_path: Path):
    folder = Zip(zipped(home, tmp_path / "wso2am.zip")).dbscripts()
    assert (folder / "apimgt/mysql.sql").read_bytes() == (
        home / "dbscripts/apimgt/mysql.sql"
    ).read_bytes()

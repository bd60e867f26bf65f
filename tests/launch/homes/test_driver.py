import hashlib
from pathlib import Path

import pytest

from lab.distributions.homes import Home
from lab.errors import LabError
from lab.launch.homes import driver as driver_module
from lab.launch.homes.driver import Driver, find_driver
from lab.plan.model import Java
from lab.products.facts import Line
from tests.product.make import make_distribution

JAR = b"a jar of nobody's"
DIGEST = hashlib.sha256(JAR).hexdigest()
# A stand-in for Maven: it writes its words down and puts a jar where it is told to.
MVN = """#!/bin/sh
echo "$@" >"$(dirname "$0")/words"
for word in "$@"; do
    case $word in
    -DoutputDirectory=*) folder=${word#*=} ;;
    -Dartifact=*) name=${word#*=} ;;
    esac
done
[ -e "$folder/settings.xml" ] && cp "$folder/settings.xml" "$(dirname "$0")/settings"
artifact=${name#*:}
printf "a jar of nobody's" >"$folder/$(echo "$artifact" | tr : -).jar"
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(make_distribution(tmp_path))


@pytest.fixture
def mvn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a stand-in for Maven first on the PATH, and keep what is fetched in the test's folder."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "mvn").write_text(MVN)
    (folder / "mvn").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    kept = tmp_path / "kept"

    def keep(what: str, key: str) -> Path:
        place = kept / what / key.replace(":", "_")
        place.mkdir(parents=True, exist_ok=True)
        return place

    monkeypatch.setattr(driver_module, "kept_folder", keep)
    return folder


def test_a_jar_that_is_named_is_taken(home: Home, tmp_path: Path):
    path = tmp_path / "mysql-connector-j-9.jar"
    path.write_bytes(JAR)
    assert find_driver(Java(driver=str(path)), home, print) == Driver(path.name, JAR)


def test_a_jar_that_is_not_there_says_which_ways_there_are(home: Home, tmp_path: Path):
    with pytest.raises(LabError, match="--driver PATH"):
        find_driver(Java(driver=str(tmp_path / "no.jar")), home, print)


def test_the_distribution_s_own_driver_stays(home: Home, tmp_path: Path):
    place = tmp_path / "wso2am-4.1.0/repository/components/dropins"
    place.mkdir()
    (place / "mysql-connector-java-8.0.17.jar").write_bytes(JAR)
    assert find_driver(Java(), home, print) is None


def test_coordinates_are_fetched_once_and_checked_by_their_hash(home: Home, mvn: Path):
    java = Java(driver=f"com.mysql:mysql-connector-j:9.1.0@{DIGEST}")
    assert find_driver(java, home, print) == Driver("mysql-connector-j-9.1.0.jar", JAR)
    (mvn / "words").unlink()
    assert find_driver(java, home, print) == Driver("mysql-connector-j-9.1.0.jar", JAR)
    assert not (mvn / "words").exists()


def test_another_jar_than_the_hash_s_is_refused_and_not_kept(home: Home, mvn: Path):
    with pytest.raises(LabError, match=f"SHA-256 is {DIGEST}, not e2a3"):
        find_driver(Java(), home, print)
    (mvn / "words").unlink()
    with pytest.raises(LabError, match="SHA-256"):
        find_driver(Java(), home, print)
    assert (mvn / "words").exists()


def test_a_repository_s_address_is_no_argument_of_a_program(home: Home, mvn: Path):
    url = "https://user:secret@maven.example/all?a&b"
    java = Java(driver="com.mysql:mysql-connector-j:9.1.0", maven_url=url)
    find_driver(java, home, print)
    assert "secret" not in (mvn / "words").read_text()
    assert "secret@maven.example/all?a&amp;b" in (mvn / "settings").read_text()
    assert "secret" not in repr(java)


def test_without_maven_the_ways_to_a_driver_are_told(
    home: Home, mvn: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LabError, match="no `mvn` to fetch it"):
        find_driver(Java(), home, print)


def test_maven_s_last_words_are_told_without_the_address(home: Home, mvn: Path):
    (mvn / "mvn").write_text("#!/bin/sh\necho cannot reach https://u:secret@m.example; exit 1\n")
    java = Java(driver="a:b:1", maven_url="https://u:secret@m.example")
    with pytest.raises(LabError, match="cannot reach LAB_MAVEN_URL") as failed:
        find_driver(java, home, print)
    assert "secret" not in str(failed.value)


def test_each_line_of_the_product_has_a_usual_driver(home: Home, mvn: Path):
    for line, artifact in ((Line.TOML, "mysql-connector-j:8"), (Line.XML, "-java:5.1.49")):
        with pytest.raises(LabError, match="SHA-256"):
            find_driver(Java(), home, print, line)
        assert artifact in (mvn / "words").read_text()


@pytest.mark.parametrize(
    "name", ["mysql-connector-java-5.1.34-bin.jar", "mysql-connector-java-5.0.8.jar"]
)
def test_a_driver_too_old_for_the_server_is_refused(home: Home, tmp_path: Path, name: str):
    (tmp_path / name).write_bytes(JAR)
    with pytest.raises(LabError, match="can't connect to MySQL 8"):
        find_driver(Java(driver=str(tmp_path / name)), home, print)
    there = tmp_path / "wso2am-4.1.0/repository/components/lib" / name
    there.write_bytes(JAR)
    with pytest.raises(LabError, match="can't connect to MySQL 8"):
        find_driver(Java(), home, print)
    there.rename(there.with_name("mysql-connector-java-5.1.49-bin.jar"))
    assert find_driver(Java(), home, print) is None

"""Keystores that the files name oddly: nothing odd ends the check, nothing outside is opened."""

import shutil
from pathlib import Path

import pytest

from lab.wiring.read import read_links

CASE = Path(__file__).parent / "good" / "certificates-of-one-authority"
FILE = "cp/repository/conf/deployment.toml"
NAME = 'file_name = "wso2carbon.jks"'
PASSWORD = 'password = "wso2carbon"\nalias'


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CASE, tmp_path / "case"))


def edit(case: Path, old: str, new: str) -> None:
    text = (case / FILE).read_text()
    assert text.count(old) == 1
    (case / FILE).write_text(text.replace(old, new))


def codes(case: Path) -> list[str]:
    return [finding.code for finding in read_links(case, None, stores=True).findings]


@pytest.mark.parametrize("value", ["1", "true", "[]", "{}", "''", "'..'", "'a/b.jks'", "'.'"])
def test_a_store_with_an_odd_name_is_not_opened(case: Path, value: str) -> None:
    edit(case, NAME, f"file_name = {value}")
    assert codes(case) == []


def test_a_store_outside_the_node_s_folders_is_not_opened(case: Path) -> None:
    (case / "secret.jks").write_text("no keystore")
    edit(case, NAME, 'file_name = "../../../../secret.jks"')
    assert codes(case) == []


def test_a_password_from_the_environment_leaves_the_store_unread(case: Path) -> None:
    edit(case, PASSWORD, 'password = "$env{STORE_PASSWORD}"\nalias')
    assert codes(case) == []


def test_a_store_is_opened_with_what_the_primary_one_says(case: Path) -> None:
    edit(case, PASSWORD, "alias")
    assert codes(case) == []
    with (case / FILE).open("a") as file:
        file.write('\n[keystore.primary]\npassword = "wrong"\n')
    assert codes(case) == ["LAB0141"]


def test_a_wrong_password_is_not_repeated(case: Path) -> None:
    edit(case, PASSWORD, 'password = "hush-hush"\nalias')
    (finding,) = read_links(case, None, stores=True).findings
    assert finding.code == "LAB0141"
    assert "hush-hush" not in repr(finding)

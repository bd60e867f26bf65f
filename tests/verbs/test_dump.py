import pytest

from lab.verbs.dump import redact


@pytest.mark.parametrize(
    "line",
    [
        'password = "horse"',
        "password='horse'",
        '"password": "horse",',
        "key_password = horse",
        "MYSQL_ROOT_PASSWORD: horse",
        'keystore_pass="horse"',
        'client_secret = "horse"',
        'key = "horse"',
        "encryption.key = 'horse'",
        'encryption = { key = "horse" }',
        r'password = "a\"b horse c"',
        "url = 'https://admin:horse@cp.wso2.com:9443/services/'",
        "log in with horse please",
    ],
)
def test_no_form_of_a_password_stays(line: str) -> None:
    assert "horse" not in redact(line, frozenset({"horse"}))


def test_a_secret_of_a_file_goes_even_if_nobody_knows_it() -> None:
    assert redact('[a]\npassword = "unknown"\n', frozenset()) == '[a]\npassword = "***"\n'


@pytest.mark.parametrize(
    "line",
    [
        "<Password>unknown</Password>",
        '<password svns:secretAlias="x">unknown</password>',
        '<Property name="ConnectionPassword">unknown</Property>',
    ],
)
def test_a_secret_of_an_xml_file_goes_too(line: str) -> None:
    assert "unknown" not in redact(line, frozenset())


def test_words_that_only_contain_it_stay() -> None:
    assert redact("admin-horses at 10:20", frozenset({"horse"})) == "admin-horses at 10:20"


def test_all_else_stays() -> None:
    text = 'service_url = "https://cp.wso2.com:9443/services/"\nusername = "admin"\n'
    assert redact(text, frozenset({"horse"})) == text

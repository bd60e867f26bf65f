import pytest

from lab.verbs.redaction import keys_in, redact


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
        'password = """horse"""',
        'password = """\nhorse"horse"""',
        "client_secret = '''horse'''",
        'key = """horse"""',
        "log in with horse please",
    ],
)
def test_no_form_of_a_password_stays(line: str) -> None:
    assert "horse" not in redact(line, frozenset({"horse"}))


@pytest.mark.parametrize(
    "text",
    [
        'password = """unknown"""\nport = 1',
        "password = '''un\nknown'''\nport = 1",
        'key = """unknown"""\nport = 1',
    ],
)
def test_a_secret_in_any_string_of_toml_goes_alone(text: str) -> None:
    told = redact(text, frozenset())
    assert "known" not in told
    assert told.endswith("port = 1")


def test_a_secret_of_a_file_goes_even_if_nobody_knows_it() -> None:
    assert redact('[a]\npassword = "unknown"\n', frozenset()) == '[a]\npassword = "***"\n'


@pytest.mark.parametrize(
    "line",
    [
        "<Password>unknown</Password>",
        '<password svns:secretAlias="x">unknown</password>',
        '<Property name="ConnectionPassword">unknown</Property>',
        "<Property name='ConnectionPassword'>unknown</Property>",
        "<Password><![CDATA[unknown]]></Password>",
        "<Password>\n  <![CDATA[un<known>]]> unknown\n</Password>",
        "<Password><!-- the old one -->unknown</Password>",
    ],
)
def test_a_secret_of_an_xml_file_goes_too(line: str) -> None:
    assert "unknown" not in redact(line, frozenset())


def test_words_that_only_contain_it_stay() -> None:
    assert redact("admin-horses at 10:20", frozenset({"horse"})) == "admin-horses at 10:20"


def test_all_else_stays() -> None:
    text = 'service_url = "https://cp.wso2.com:9443/services/"\nusername = "admin"\n'
    assert redact(text, frozenset({"horse"})) == text


def test_what_follows_an_empty_element_stays() -> None:
    assert redact("<Password/> <a>1</a>", frozenset()) == "<Password/> <a>1</a>"


def test_the_encryption_keys_of_a_file_are_found_even_if_it_is_no_toml() -> None:
    text = '[encryption\nkey = "one"\nkey = """two"""\nother_key = "three"\n'
    assert keys_in(text) == {"one", "two"}

from pathlib import Path

import pytest

from lab.wiring.secret_values import secret_values

TEXT = """
[super_admin]
username = "somebody"
password = "w0rd-1"
[encryption]
key = "w0rd-2"
[secrets]
tls = "w0rd-3"
key_password = "[encrypted]"
[apim.throttling.jms]
topic_connection_factory = "amqp://user:w0rd-4@clientid/carbon?brokerlist='tcp://tm:5672'"
[apim.analytics]
auth_token = "w0rd-5"
[[event_listener]]
[event_listener.properties]
password = "${admin.password}"
notification_endpoint = "https://cp:9443/internal"
"""


def test_every_secret_of_a_file_is_known_and_references_are_none(tmp_path: Path) -> None:
    (tmp_path / "f.toml").write_text(TEXT)
    assert secret_values(tmp_path / "f.toml") == {f"w0rd-{number}" for number in range(1, 6)}


@pytest.mark.parametrize(
    "url",
    [
        "jdbc:mysql://lab:w0rd-1@db:3306/x",
        "jdbc:mysql://db:3306/x?user=lab&amp;password=w0rd-1&amp;useSSL=true",
        "jdbc:mysql://(host=db,user=lab,password=w0rd-1)/x",
        "jdbc:sqlserver://db:1433;databaseName=x;password=w0rd-1;",
        "jdbc:db2://db:50000/x:user=lab;password=w0rd-1;",
        "jdbc:oracle:thin:lab/w0rd-1@db:1521/x",
        "lab@jdbc:oracle:thin:lab/w0rd-1@db:1521/x",
    ],
)
def test_a_password_in_a_database_s_url_is_known(tmp_path: Path, url: str) -> None:
    (tmp_path / "f.toml").write_text(f'[database.apim_db]\nurl = "{url}"\n')
    assert secret_values(tmp_path / "f.toml") == {"w0rd-1"}


def test_a_file_that_can_t_be_read_tells_none(tmp_path: Path) -> None:
    (tmp_path / "f.toml").write_text("[x")
    assert secret_values(tmp_path / "f.toml") == frozenset()
    assert secret_values(tmp_path / "none.toml") == frozenset()


def test_of_xml_the_passwords_are_known_and_what_only_speaks_of_one_isn_t(tmp_path: Path) -> None:
    (tmp_path / "f.xml").write_text(
        "<a><Password>w0rd-1</Password><TokenEndPointName>/oauth2/token</TokenEndPointName>"
        '<Property name="ConnectionPassword">w0rd-2</Property>'
        "<b><Password>${admin.password}</Password></b>"
        '<Property name="PasswordJavaRegEx">^w0rd-3$</Property><u>amqp://user:w0rd-4@host</u></a>'
    )
    assert secret_values(tmp_path / "f.xml") == {"w0rd-1", "w0rd-2", "w0rd-4"}
    (tmp_path / "f.xml").write_text("<a>")
    assert secret_values(tmp_path / "f.xml") == frozenset()

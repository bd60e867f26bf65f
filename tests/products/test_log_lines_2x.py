import pytest

from lab.products.log_lines import stage_in, trouble_in
from lab.products.log_lines_2x import TROUBLES

# As a real 2.1.0 wrote them.
LINES = {
    "without them none of its ports": "[x] ERROR {org.wso2.carbon.user.core.internal.Activator} -"
    "  Cannot start User Manager Core bundle",
    "can't open TLS": "Caused by: javax.net.ssl.SSLException: readHandshakeRecord",
    "no bundle for": "org.apache.axis2.AxisFault: org.wso2.carbon.websocket.transport."
    "WebsocketTransportSender cannot be found by axis2_1.6.1.wso2v20",
}


@pytest.mark.parametrize("meaning", LINES)
def test_a_line_after_which_a_node_never_serves_is_known(meaning: str) -> None:
    known = trouble_in(LINES[meaning])
    assert known in TROUBLES
    assert meaning in known.meaning


def test_every_known_line_has_an_example() -> None:
    assert {trouble_in(line) for line in LINES.values()} == set(TROUBLES)


def test_the_line_of_another_jdk_is_told_in_both_lines_words() -> None:
    known = trouble_in(" [ERROR] CARBON is supported only on JDK 1.7 and 1.8")
    assert known is not None
    assert "JDK" in known.meaning


def test_an_ldap_server_is_a_stage() -> None:
    assert stage_in("INFO {org.wso2.carbon.apacheds.impl} - LDAP server started.")

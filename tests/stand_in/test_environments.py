"""What a stand-in's publisher tells of the environments in its own file."""

from pathlib import Path

from standin.configuration import read_configuration
from standin.portals.environments import environments_of

FILE = """
[server]
offset = 2
[[apim.gateway.environment]]
name = "Default"
service_url = "https://localhost:${mgt.transport.https.port}/services/"
http_endpoint = "http://gw.acme.example:${http.nio.port}"
https_endpoint = "https://gw.acme.example:${https.nio.port}"
"""


def test_an_environment_s_ports_may_be_the_node_s_own(tmp_path: Path) -> None:
    (tmp_path / "repository/conf").mkdir(parents=True)
    (tmp_path / "repository/conf/deployment.toml").write_text(FILE)
    [told] = environments_of(read_configuration(tmp_path).environments)
    assert told["serverUrl"] == "https://localhost:9445/services/"
    assert told["vhosts"] == [
        {"host": "gw.acme.example", "httpContext": "", "httpPort": 8282, "httpsPort": 8245}
    ]

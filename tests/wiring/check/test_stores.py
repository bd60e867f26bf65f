"""What the static check says of databases when a topology tells it of the server."""

from dataclasses import replace

import pytest


def with_charset(plan, charset: str, version: str):
    (server,) = plan.servers
    schemas = tuple(replace(schema, charset=charset) for schema in server.schemas)
    return replace(plan, version=version, servers=(replace(server, schemas=schemas),))


@pytest.mark.parametrize(
    ("charset", "version", "codes"),
    [
        ("utf8mb4", "4.2.0", ["LAB0135"]),
        ("utf8mb3", "4.5.0", ["LAB0135"]),
        ("utf8mb4", "4.1.0", []),
        ("latin1", "4.5.0", []),
    ],
)
def test_a_schema_s_charset_is_judged_by_the_version(nodes, charset, version, codes):
    nodes.plan = with_charset(nodes.plan, charset, version)
    found = [one for one in nodes.findings() if one.code == "LAB0135"]
    assert [one.code for one in found] == codes
    assert all(one.key == "apim_db" for one in found)  # shared_db takes either


def test_a_login_key_is_a_warning_where_the_server_is_the_lab_s(nodes):
    nodes.edit(
        "cp",
        'hostname = "db.wso2.com"\nname = "apim_db"',
        'url = "jdbc:mysql://db.wso2.com:3306/apim_db?useSSL=false"\nname = "apim_db"',
    )
    assert [(one.code, one.severity) for one in nodes.findings()] == [("LAB0136", "warning")]


def test_a_key_manager_without_database_is_told_where_the_version_is_known(lone):
    lone.write("km", '[server]\nserver_role = "api-key-manager-deprecated"\n')
    assert lone.codes() == []
    lone.release = "4.1.0"
    assert [(one.code, one.key) for one in lone.findings()] == [
        ("LAB0134", "database.apim_db"),
        ("LAB0134", "database.shared_db"),
    ]

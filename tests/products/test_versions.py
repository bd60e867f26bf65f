"""The rows of 4.0 to 4.7, value for value, as the sources at each version's tag have them."""

from pathlib import Path

import pytest

from lab.products.apim_4x import RELEASES
from lab.products.facts import Jdk, Role, Start

ONE_ARCHIVE = ("4.0.0", "4.1.0", "4.2.0", "4.3.0", "4.4.0")
FOUR_ARCHIVES = ("4.5.0", "4.6.0", "4.7.0")
PARTS = [role for role in RELEASES["4.2.0"].roles if role is not Role.ALL_IN_ONE]


def test_the_line_has_eight_versions():
    assert tuple(RELEASES) == ONE_ARCHIVE + FOUR_ARCHIVES


@pytest.mark.parametrize(
    ("version", "jdk", "uid", "connector", "mysql"),
    [
        ("4.0.0", Jdk(7, 11, "11.0.25"), 802, "8.0.17", "5.7.34"),
        ("4.1.0", Jdk(7, 11, "11.0.25"), 802, "8.0.17", "5.7.37"),
        ("4.2.0", Jdk(11, 17, "17.0.6"), 802, "8.0.17", "5.7.41"),
        ("4.3.0", Jdk(11, 21, "17.0.11"), 10001, "8.0.30", "8.0.36"),
        ("4.4.0", Jdk(11, 21, "21.0.5"), 10001, "8.0.30", "8.0.36"),
        ("4.5.0", Jdk(11, 21, "21.0.9"), 10001, "8.0.30", "8.0.36"),
        ("4.6.0", Jdk(11, 21, "21.0.9"), 10001, "8.0.30", "8.0.36"),
        ("4.7.0", Jdk(21, 25, "25.0.2"), 10001, "9.7.0", "8.4.9"),
    ],
)
def test_a_version_has_its_java_user_driver_and_server(
    version: str, jdk: Jdk, uid: int, connector: str, mysql: str
):
    release = RELEASES[version]
    assert (release.jdk, release.uid) == (jdk, uid)
    assert (release.connector, release.mysql) == (connector, mysql)


@pytest.mark.parametrize("version", ONE_ARCHIVE)
@pytest.mark.parametrize(
    ("role", "profile"),
    [
        (Role.GATEWAY, "gateway-worker"),
        (Role.CONTROL_PLANE, "control-plane"),
        (Role.TRAFFIC_MANAGER, "traffic-manager"),
        (Role.KEY_MANAGER, "api-key-manager-deprecated"),
    ],
)
def test_up_to_4_4_one_archive_starts_as_every_role(version: str, role: Role, profile: str):
    release = RELEASES[version]
    facts = release.roles[role]
    assert facts.profile == profile
    assert facts.start.script == "bin/api-manager.sh"
    assert facts.start.arguments == (f"-Dprofile={profile}",)
    assert release.image(role) == f"wso2/wso2am:{version}"
    assert release.folder(role) == f"wso2am-{version}"


@pytest.mark.parametrize("version", ["4.0.0", "4.1.0", "4.2.0"])
@pytest.mark.parametrize("role", PARTS)
def test_up_to_4_2_a_role_is_prepared_and_started_under_one_name(version: str, role: Role):
    start = RELEASES[version].roles[role].start
    assert start.setup_arguments == start.arguments
    assert start.environment == {"PROFILE_NAME": start.profile}
    assert start.image_arguments == ()


@pytest.mark.parametrize("version", RELEASES)
def test_an_all_in_one_is_the_archive_as_it_starts_by_itself(version: str):
    release = RELEASES[version]
    start = release.roles[Role.ALL_IN_ONE].start
    assert release.roles[Role.ALL_IN_ONE].profile == "default"
    assert release.image(Role.ALL_IN_ONE) == f"wso2/wso2am:{version}"
    assert start == Start("wso2am", "bin/api-manager.sh")
    assert (start.setup_arguments, start.arguments, start.environment) == ((), (), {})


@pytest.mark.parametrize("version", ["4.3.0", "4.4.0"])
def test_4_3_and_4_4_prepare_a_key_manager_under_a_name_that_none_starts_as(version: str):
    start = RELEASES[version].roles[Role.KEY_MANAGER].start
    assert start.setup_arguments == ("-Dprofile=api-key-manager-node",)
    assert start.environment == {"PROFILE_NAME": "api-key-manager-node"}
    assert start.image_arguments == start.arguments == ("-Dprofile=api-key-manager-deprecated",)


@pytest.mark.parametrize("version", FOUR_ARCHIVES)
@pytest.mark.parametrize(
    ("role", "start"),
    [
        (Role.GATEWAY, Start("wso2am-universal-gw", "bin/gateway.sh")),
        (Role.CONTROL_PLANE, Start("wso2am-acp", "bin/api-cp.sh")),
        (Role.TRAFFIC_MANAGER, Start("wso2am-tm", "bin/traffic-manager.sh")),
        (Role.KEY_MANAGER, Start("wso2am-acp", "bin/key-manager.sh", "key-manager")),
    ],
)
def test_from_4_5_an_archive_is_a_role(version: str, role: Role, start: Start):
    release = RELEASES[version]
    facts = release.roles[role]
    assert (facts.profile, facts.start, facts.start.arguments) == ("default", start, ())
    assert release.image(role) == f"wso2/{start.distribution}:{version}"
    assert release.folder(role) == f"{start.distribution}-{version}"


@pytest.mark.parametrize("version", FOUR_ARCHIVES)
def test_from_4_5_only_a_key_manager_is_prepared(version: str):
    roles = RELEASES[version].roles
    prepared = {role: facts.start.environment for role, facts in roles.items()}
    assert prepared.pop(Role.KEY_MANAGER) == {"PROFILE_NAME": "key-manager"}
    assert set(map(bool, prepared.values())) == {False}
    assert roles[Role.KEY_MANAGER].start.setup_arguments == ("-Dprofile=key-manager",)


@pytest.mark.parametrize("version", RELEASES)
def test_every_version_opens_the_same_ports_and_keeps_the_same_databases(version: str):
    roles, seen = RELEASES[version].roles, RELEASES["4.1.0"].roles
    assert {role: facts.ports for role, facts in roles.items()} == {
        role: facts.ports for role, facts in seen.items()
    }
    assert {role: facts.databases for role, facts in roles.items()} == {
        role: facts.databases for role, facts in seen.items()
    }
    schemas = RELEASES[version].schemas
    assert {name: (facts.script, facts.charset) for name, facts in schemas.items()} == {
        "apim_db": ("apimgt/mysql.sql", "latin1"),
        "shared_db": ("mysql.sql", "latin1"),
    }


def test_the_document_has_the_rows_of_the_table():
    lines = (Path(__file__).parents[2] / "docs/versions.md").read_text().splitlines()
    for version, release in RELEASES.items():
        jdk, uid = release.jdk, release.uid
        cells = (version, f"{jdk.oldest} to {jdk.newest}", jdk.image, f"{uid}:{uid}")
        assert f"| {' | '.join((*cells, release.connector, release.mysql))} |" in lines


@pytest.mark.parametrize("version", RELEASES)
def test_from_4_7_the_nodes_need_one_key(version: str):
    assert RELEASES[version].needs_key == (version == "4.7.0")

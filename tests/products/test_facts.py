import pytest

from lab.products.facts import Line, Protocol, Role, ServedPort, Store, players
from lab.products.releases import PRODUCTS
from probes.target import Protocol as ProbedProtocol

RELEASES = PRODUCTS["apim"]
ROLES = {
    Line.TOML: set(Role) - {Role.API_MANAGER},
    Line.XML: {Role.API_MANAGER, Role.KEY_MANAGER},
}


def test_the_protocols_are_those_that_probes_speak():
    assert {p.name: p.value for p in Protocol} == {p.name: p.value for p in ProbedProtocol}


def test_a_port_moves_with_the_offset_unless_it_doesn_t_shift():
    moving = ServedPort(9443, Protocol.HTTPS, "x", published=True)
    assert moving.at_offset(3) == ServedPort(9446, Protocol.HTTPS, "x", published=True)
    fixed = ServedPort(4000, Protocol.TCP, "x", shifts=False)
    assert fixed.at_offset(3) is fixed


@pytest.mark.parametrize("version", RELEASES)
def test_a_release_knows_every_role_and_the_schemas_they_use(version: str):
    release = RELEASES[version]
    assert release.version == version
    assert set(release.roles) == ROLES[release.line]
    used = {name for facts in release.roles.values() for name in facts.databases}
    assert used == set(release.schemas)


@pytest.mark.parametrize("version", RELEASES)
def test_no_role_waits_for_itself_even_through_others(version: str):
    roles = RELEASES[version].roles

    def before(role: Role, seen: tuple[Role, ...] = ()) -> None:
        assert role not in seen
        for other in roles[role].after:
            before(other, (*seen, role))

    for role in roles:
        before(role)


def test_the_ports_are_those_seen_on_a_real_4_1_0_cluster():
    seen = {
        Role.GATEWAY: "5672 8021 8099 8243 8280 8672 9021 9099 9443 9763 9999 10711 11111",
        Role.CONTROL_PLANE: "5672 8672 9443 9611 9711 9763 9999 10711 11111",
        Role.TRAFFIC_MANAGER: "5672 8672 9443 9611 9711 9763 9999 11111",
        Role.KEY_MANAGER: "9443 9763 9999 10711 11111",
    }
    roles = RELEASES["4.1.0"].roles
    assert {role: " ".join(str(p.port) for p in roles[role].ports) for role in seen} == seen


def test_an_all_in_one_opens_what_its_parts_do():
    roles = dict(RELEASES["4.1.0"].roles)
    own = {served.port for served in roles.pop(Role.ALL_IN_ONE).ports}
    assert own == {served.port for facts in roles.values() for served in facts.ports}


def test_an_all_in_one_plays_every_part_of_its_line():
    played = {part for part in Role if Role.ALL_IN_ONE.plays(part)}
    assert played == set(Role) - {Role.API_MANAGER}
    assert {part for part in Role if Role.GATEWAY.plays(part)} == {Role.GATEWAY}


def test_a_control_plane_is_key_manager_and_traffic_manager_where_nobody_else_is():
    roles = {"cp": Role.CONTROL_PLANE, "gw": Role.GATEWAY}
    for part in (Role.KEY_MANAGER, Role.TRAFFIC_MANAGER):
        assert players(part, roles) == ("cp",)
        assert players(part, {**roles, "own": part}) == ("own",)
    assert players(Role.GATEWAY, {"cp": Role.CONTROL_PLANE}) == ()


def test_a_node_for_a_part_alone_goes_before_an_all_in_one():
    roles = {"am": Role.ALL_IN_ONE, "gw": Role.GATEWAY}
    assert players(Role.GATEWAY, roles) == ("gw",)
    assert players(Role.KEY_MANAGER, roles) == ("am",)
    assert players(Role.KEY_MANAGER, {"gw": Role.GATEWAY}) == ()


def test_only_nodes_with_a_control_plane_or_key_manager_keep_their_data_in_mysql():
    roles = RELEASES["4.1.0"].roles
    mysql = {role for role, facts in roles.items() if Store.MYSQL in facts.databases.values()}
    assert mysql == {Role.CONTROL_PLANE, Role.KEY_MANAGER, Role.ALL_IN_ONE}

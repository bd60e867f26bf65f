import pytest

from lab.topology.names import lab_name_like, lab_name_problem, name_problems


def topology(node: str = "gw", hostname: str = "gw.wso2.com", **rest: object) -> dict[str, object]:
    return {"nodes": {node: {"hostname": hostname, **rest}}}


@pytest.mark.parametrize("node", ["gw", "gw-1", "1", "a" * 32])
def test_a_node_s_name_is_one_that_docker_and_the_dns_take(node):
    assert not name_problems(topology(node), "t.toml")


@pytest.mark.parametrize(
    "node", ["", "-gw", "gw-", "g_w", "g.w", "GW", "a" * 33, "gw\n", "db", "lab"]
)
def test_a_node_s_name_that_can_t_be_is_refused(node):
    (problem,) = name_problems(topology(node), "t.toml")
    assert problem.where == f"t.toml: nodes.{node}"


@pytest.mark.parametrize("hostname", ["gw", "gw.wso2.com", "GW.wso2.com", "g-1.a1.x", "a" * 63])
def test_a_host_name_of_the_dns_is_taken(hostname):
    assert not name_problems(topology(hostname=hostname), "t.toml")


@pytest.mark.parametrize(
    "hostname",
    [
        "",
        ".",
        "gw.",
        ".gw",
        "gw..x",
        "-gw",
        "g_w",
        "a" * 64,
        "::1",
        "1.2.3.4",
        "0x7f.1",
        "LOCALHOST",
    ],
)
def test_a_host_name_that_nobody_can_look_up_is_refused(hostname):
    (problem,) = name_problems(topology(hostname=hostname), "t.toml")
    assert problem.where == "t.toml: nodes.gw.hostname"


@pytest.mark.parametrize("key", ["database", "databases.main"])
def test_a_database_server_may_have_an_underscore_in_its_name(key):
    table = {"hostname": "mysql_container", "aliases": ["my sql"]}
    raw = {"database": table} if key == "database" else {"databases": {"main": table}}
    (problem,) = name_problems(raw, "t.toml")
    assert problem.where == f"t.toml: {key}.aliases[0]"


def test_an_alias_is_judged_as_a_host_name_is():
    (problem,) = name_problems(topology(aliases=["ok.test", "not ok"]), "t.toml")
    assert problem.where == "t.toml: nodes.gw.aliases[1]"


def test_a_name_claimed_twice_is_told_with_both_places_whatever_its_case():
    raw = topology(aliases=["other.test", "GW.WSO2.com"])
    (problem,) = name_problems(raw, "t.toml")
    assert problem.where == "t.toml: nodes.gw.aliases[1]"
    assert "nodes.gw.hostname" in problem.what


def test_values_of_another_type_are_left_to_the_shape_s_judge():
    raw = {"nodes": {"gw": 1, "cp": {"hostname": 2, "aliases": 3}}, "database": []}
    assert not name_problems(raw, "t.toml")


@pytest.mark.parametrize("name", ["a", "km-tm-separated", "a_b", "9", "a" * 40])
def test_a_lab_s_name_is_one_that_compose_takes(name):
    assert lab_name_problem(name, "t.toml") is None


@pytest.mark.parametrize("name", ["", "A", "-a", "_a", "a b", "a.b", "a/b", "a" * 41, "a\n"])
def test_a_lab_s_name_that_can_t_be_is_refused(name):
    problem = lab_name_problem(name, "t.toml")
    assert problem is not None
    assert problem.where == "t.toml"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Acme-4.4", "acme-4-4"),
        ("acme_1", "acme_1"),
        ("_My Lab_", "my-lab"),
        ("Größe", "gr-e"),
        ("…", ""),
        ("A" * 50, "a" * 40),
    ],
)
def test_a_text_gives_the_nearest_name_of_a_lab(text, name):
    assert lab_name_like(text) == name
    assert not name or lab_name_problem(name, "t.toml") is None

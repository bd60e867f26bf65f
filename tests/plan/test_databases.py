"""Which server keeps which schema, and where each node finds its databases."""

from pathlib import Path

from lab.plan.make import make_plan
from lab.plan.model import Plan, SchemaPlace
from lab.topology.read import parse_topology

TEXT = (Path(__file__).parents[2] / "topologies/km-tm-separated.toml").read_text(encoding="utf-8")
BEFORE = TEXT[: TEXT.index("[database]")]
SERVER = """
[databases.{name}]
hostname = "{name}.wso2.com"
username = "{name}-user"
password = "{name}-password"
{rest}
"""


def planned(*servers: tuple[str, str], more: str = "") -> Plan:
    tables = "".join(SERVER.format(name=name, rest=rest) for name, rest in servers)
    return make_plan(parse_topology(BEFORE + tables + more))


def schemas(plan: Plan) -> dict[str, list[str]]:
    return {server.name: [schema.name for schema in server.schemas] for server in plan.servers}


def test_the_single_server_is_called_db_and_keeps_what_is_used():
    plan = make_plan(parse_topology(TEXT))
    assert schemas(plan) == {"db": ["apim_db", "shared_db"]}
    assert plan.node("cp").databases["apim_db"] == SchemaPlace("db", "apim_db")
    assert plan.node("gw").databases == {"shared_db": None}


def test_a_server_without_schemas_keeps_what_no_other_one_names():
    plan = planned(("keys", 'schemas = { apim_db = "WSO2AM_DB" }'), ("users", ""))
    assert schemas(plan) == {"keys": ["WSO2AM_DB"], "users": ["shared_db"]}
    assert plan.node("km").databases == {
        "apim_db": SchemaPlace("keys", "WSO2AM_DB"),
        "shared_db": SchemaPlace("users", "shared_db"),
    }
    assert [schema.script for schema in plan.server("keys").schemas] == ["apimgt/mysql.sql"]


def test_a_server_may_keep_a_broker_s_store_alone():
    plan = planned(("users", ""), ("broker", 'schemas = { mb_store_db = "tm_mb" }'))
    assert schemas(plan) == {"users": ["apim_db", "shared_db"], "broker": ["tm_mb"]}
    (store,) = plan.server("broker").schemas
    assert store.script == "mb-store/mysql-mb.sql"
    assert "restrict_fk_on_non_standard_key" in store.session


def test_each_server_has_its_own_account_name_and_container():
    plan = planned(("keys", 'schemas = { apim_db = "apim_db" }'), ("users", ""))
    assert [server.container for server in plan.servers] == ["lab-lab-keys", "lab-lab-users"]
    assert [server.accounts[0].username for server in plan.servers] == ["keys-user", "users-user"]
    assert plan.holder_of("users.wso2.com") == "users"


def test_a_node_chooses_a_file_or_another_server_for_one_database():
    more = '[nodes.gw.databases]\nshared_db = "b"\n[nodes.km.databases]\nshared_db = "h2"\n'
    both = 'schemas = { apim_db = "apim_db", shared_db = "shared_db" }'
    plan = planned(("a", both), ("b", 'schemas = { shared_db = "gw_shared" }'), more=more)
    assert plan.node("gw").databases == {"shared_db": SchemaPlace("b", "gw_shared")}
    assert plan.node("cp").databases["shared_db"] == SchemaPlace("a", "shared_db")
    assert plan.node("km").databases["shared_db"] is None


def test_a_database_that_the_topology_names_is_made_though_no_node_uses_it():
    more = '[nodes.cp.databases]\nshared_db = "h2"\n[nodes.km.databases]\nshared_db = "h2"\n'
    assert schemas(planned(("a", ""), more=more)) == {"a": ["apim_db"]}
    both = 'schemas = { apim_db = "apim_db", shared_db = "shared_db" }'
    assert schemas(planned(("a", both), more=more)) == {"a": ["apim_db", "shared_db"]}


def test_two_servers_may_hold_schemas_of_one_name():
    more = '[nodes.gw.databases]\nshared_db = "b"\n'
    plan = planned(("a", ""), ("b", 'schemas = { shared_db = "shared_db" }'), more=more)
    # `a` keeps what no server names: shared_db is named by b.
    assert schemas(plan) == {"a": ["apim_db"], "b": ["shared_db"]}

import string
import tomllib
from pathlib import Path

import pytest

from lab.errors import TopologyError
from lab.plan.make import make_plan
from lab.render.deployment import deployment_values
from lab.render.toml_text import toml_text
from lab.topology.read import parse_topology

TEXT = (Path(__file__).parents[2] / "topologies/km-tm-separated.toml").read_text(encoding="utf-8")
PRINTABLE = string.digits + string.ascii_letters + string.punctuation + " "
BREAK_AMQP = set('@:/#%?">[]{}|\\^` ')
BREAK_XML = set("<&")


def with_super_admin(value: str) -> str:
    return f"{TEXT}\n[super_admin]\nusername = {quoted(value)}\npassword = {quoted(value)}\n"


def with_database(value: str) -> str:
    line = f"username = {quoted(value)}\npassword = {quoted(value)}\n"
    return TEXT.replace('username = "root"\npassword = "root"\n', line)


def quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


@pytest.mark.parametrize("character", PRINTABLE)
def test_a_super_admin_s_character_is_refused_exactly_when_the_product_breaks_on_it(character):
    value = f"Zq7{character}x9"
    if character in BREAK_AMQP | BREAK_XML:
        with pytest.raises(TopologyError) as refused:
            parse_topology(with_super_admin(value))
        assert {problem.where for problem in refused.value.problems} == {
            "topology: super_admin.username",
            "topology: super_admin.password",
        }
        assert value not in str(refused.value)
        return
    plan = make_plan(parse_topology(with_super_admin(value)))
    values = tomllib.loads(toml_text(deployment_values(plan, plan.node("cp")), {}))
    assert values["super_admin"]["username"] == values["super_admin"]["password"] == value


@pytest.mark.parametrize("character", PRINTABLE)
def test_a_database_s_character_is_refused_exactly_when_the_xml_breaks_on_it(character):
    value = f"Zq7{character}x9"
    if character in BREAK_XML:
        with pytest.raises(TopologyError) as refused:
            parse_topology(with_database(value))
        assert value not in str(refused.value)
        return
    plan = make_plan(parse_topology(with_database(value)))
    values = tomllib.loads(toml_text(deployment_values(plan, plan.node("km")), {}))
    assert values["database"]["apim_db"]["password"] == value


@pytest.mark.parametrize("character", ["ä", "€", "\t", "\x7f", "\u2019"])
@pytest.mark.parametrize("text", [with_super_admin, with_database])
def test_what_is_no_printable_ascii_is_refused_everywhere(text, character):
    escaped = f"\\U{ord(character):08x}"
    with pytest.raises(TopologyError, match="outside printable ASCII"):
        parse_topology(text(f"Zq7{character}x9").replace(character, escaped))


@pytest.mark.parametrize("form", ["$ref{a.b}", "${a}", "$env{A}", "$secret{a}"])
def test_a_form_that_the_config_mapper_replaces_is_refused(form):
    with pytest.raises(TopologyError, match="replaces by another value"):
        parse_topology(with_super_admin(form))

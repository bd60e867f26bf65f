import dataclasses
from pathlib import Path

import pytest

from lab.plan.make import make_plan
from lab.plan.model import Account
from lab.render.accounts import accounts_sql, quoted
from lab.topology.read import read_topology

PLAN = make_plan(read_topology(Path(__file__).parents[2] / "topologies/km-tm-separated.toml"))


def test_the_account_is_made_set_and_granted_one_statement_a_line():
    assert accounts_sql(PLAN.servers[0]).splitlines() == [
        "CREATE USER IF NOT EXISTS 'root'@'%' IDENTIFIED BY 'root';",
        "ALTER USER 'root'@'%' IDENTIFIED BY 'root';",
        r"GRANT ALL PRIVILEGES ON `apim\_db`.* TO 'root'@'%';",
        r"GRANT ALL PRIVILEGES ON `shared\_db`.* TO 'root'@'%';",
    ]


def test_every_account_is_granted_every_schema():
    server = dataclasses.replace(PLAN.servers[0], accounts=(Account("a", "x"), Account("b", "y")))
    grants = [line for line in accounts_sql(server).splitlines() if line.startswith("GRANT")]
    assert len(grants) == 4


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("plain", "'plain'"),
        ("it's", "'it''s'"),
        ("a\\", "'a\\\\'"),
        ("'; DROP --", "'''; DROP --'"),
    ],
)
def test_a_literal_can_t_be_left(text: str, literal: str):
    assert quoted(text) == literal

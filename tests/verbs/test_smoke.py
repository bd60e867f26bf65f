"""What `lab smoke` does whatever ends it, and which links it names."""

from pathlib import Path

import pytest

from lab.plan.make import make_plan
from lab.products.facts import Role
from lab.smoke.asking import Question
from lab.smoke.run import Smoke
from lab.smoke.told import Suspect
from lab.topology.read import read_topology
from lab.verbs.smoke import run_smoke, suspected
from tests.diagnosis.cluster import LINKS
from tests.smoke.scripted import ANSWERS, QUICK, SITE, ScriptedLab

TOPOLOGY = Path(__file__).parents[2] / "topologies" / "km-tm-separated.toml"


def test_an_interrupted_smoke_test_removes_what_it_has_made() -> None:
    lab = ScriptedLab(200)

    def interrupt(question: Question) -> None:
        if question.url.endswith("/generate-keys"):
            raise KeyboardInterrupt

    lab.before = interrupt
    with pytest.raises(KeyboardInterrupt):
        run_smoke(Smoke(SITE, lab, QUICK, lab.ask_policies, lambda _step: None))
    assert [(one.method, one.url) for one in lab.asked if one.method == "DELETE"] == list(ANSWERS)[
        -4:
    ]


def test_a_suspect_is_named_as_the_link_that_the_file_has() -> None:
    plan = make_plan(read_topology(TOPOLOGY))
    known = LINKS[0]
    suspect = Suspect(plan.node(known.node).role, known.key)
    assert next(iter(suspected(plan, LINKS, [suspect]))) is known
    nobodys = Suspect(Role.TRAFFIC_MANAGER, "apim.nothing")
    assert list(suspected(plan, LINKS, [nobodys])) == []

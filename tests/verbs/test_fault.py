"""What `lab fault` and `lab reset --databases` tell scripts; their work is proven in tests/e2e."""

import json
from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from lab.plan.fault import ActiveFault, Fault, FaultKind
from tests.verbs.conftest import Line

CUT = Fault(FaultKind.CUT, "gw", "cp", 5672)
ROW = {"number": 1, "kind": "cut", "at": "gw", "towards": "cp", "port": 5672, "delay": None}


class Faults:
    """The faults of a lab that has one."""

    def make(self, fault: Fault, **_: object) -> ActiveFault:
        return ActiveFault(1, fault, scoped=False, owner="")

    def heal(self, _: int) -> Fault:
        return CUT

    def heal_all(self) -> tuple[ActiveFault, ...]:
        return (self.make(CUT),)


@pytest.fixture(autouse=True)
def _standing(monkeypatch: pytest.MonkeyPatch) -> None:
    server = SimpleNamespace(schemas=[SimpleNamespace(name="apim_db")])
    plan = SimpleNamespace(lab="mine", servers=[server])
    cluster = SimpleNamespace(plan=plan, faults=Faults())
    for verb in ("fault", "reset"):
        monkeypatch.setattr(f"lab.verbs.{verb}.found", lambda *_: nullcontext(cluster))
    monkeypatch.setattr("lab.verbs.reset.reset_databases", lambda _: None)


@pytest.mark.parametrize(
    ("words", "key"),
    [("cut gw cp:5672", "fault"), ("heal", "healed"), ("heal 1", "healed")],
)
def test_what_was_done_is_one_object(lab: Line, words: str, key: str) -> None:
    ran = lab("fault", *words.split(), "--format", "json")
    told = json.loads(ran.stdout)
    assert (told["schema"], told["lab"]) == (1, "mine")
    row = told[key] if key == "fault" else told[key][0]
    assert {name: row[name] for name in ROW} == ROW
    assert lab("fault", *words.split()).stdout == ""


def test_the_databases_that_were_reset_are_one_object(lab: Line) -> None:
    ran = lab("reset", "mine", "--databases", "--format", "json")
    assert json.loads(ran.stdout) == {"schema": 1, "lab": "mine", "databases": ["apim_db"]}


def test_there_is_no_junit_of_databases_and_a_variable_asks_for_none(lab: Line) -> None:
    ran = lab("reset", "mine", "--databases", "--format", "junit")
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert lab("reset", "mine", "--databases", LAB_FORMAT="junit").exit_code == 0

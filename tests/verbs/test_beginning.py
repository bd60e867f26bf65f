"""What a start begins with: keys and the engine, while the rest is loaded."""

import pytest

from lab.errors import EngineError
from lab.verbs.beginning import begin


def test_an_engine_that_does_not_answer_is_told_to_whoever_takes_it() -> None:
    with pytest.raises(EngineError, match="DOCKER_HOST"):
        begin({"DOCKER_HOST": "tcp://127.0.0.1:1"}).result(timeout=30)


def test_the_keys_of_a_usual_lab_are_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("lab.verbs.beginning.foresee", lambda: asked.append("keys"))
    with pytest.raises(EngineError):
        begin({"DOCKER_HOST": "tcp://127.0.0.1:1"}).result(timeout=30)
    assert asked == ["keys"]

from collections.abc import Iterator

import pytest

from lab.errors import EngineError
from lab.launch.refusals import refusal
from lab.launch.sources import Sources

SILENT = (500, "dial tcp: lookup private.example: no such host")
GONE = (404, "manifest unknown")
DENIED = (401, "unauthorized: authentication required")


class FakeEngine:
    """Has no image; *answers* are what its registries say of one, and any other is there."""

    def __init__(self, answers: dict[str, tuple[int, str]]) -> None:
        self._answers = answers
        self.was_asked: list[str] = []
        self.pulled: list[str] = []

    def image(self, _reference: str) -> None:
        return None

    def ask_registry(self, reference: str) -> None:
        self.was_asked.append(reference)
        if reference in self._answers:
            raise refusal(*self._answers[reference], f"image {reference}")

    def pull(self, repository: str, tag: str) -> Iterator[str]:
        self.pulled.append(f"{repository}:{tag}")
        return iter(())


def sources_of(engine: FakeEngine) -> Sources:
    return Sources(engine, lambda _: None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (SILENT, "no registry answers for it: .*no such host"),
        (GONE, "its registry has none of this name: .*manifest unknown"),
        (DENIED, "its registry refuses it: .*unauthorized"),
    ],
)
def test_why_an_image_can_not_be_pulled_is_told(answer: tuple[int, str], told: str) -> None:
    with pytest.raises(EngineError, match=told):
        sources_of(FakeEngine({"private.example/none:1": answer})).bring("private.example/none:1")


@pytest.mark.parametrize("answer", [GONE, DENIED])
def test_a_registry_without_one_image_is_asked_for_the_next(answer: tuple[int, str]) -> None:
    engine = FakeEngine({"private.example/none:1": answer})
    sources = sources_of(engine)
    with pytest.raises(EngineError):
        sources.bring("private.example/none:1")
    sources.bring("private.example/mine:1")
    assert engine.pulled == ["private.example/mine:1"]


def test_a_silent_registry_is_asked_once_and_others_are_asked_all_the_same() -> None:
    engine = FakeEngine({"private.example/one:1": SILENT})
    sources = sources_of(engine)
    for name in ("one", "two"):
        with pytest.raises(EngineError, match="no registry answers"):
            sources.bring(f"private.example/{name}:1")
    for reference in ("mysql:8", "localhost/mine:1", "somebody/mysql:8"):
        sources.bring(reference)
    assert engine.was_asked[0] == "private.example/one:1"
    assert (
        engine.was_asked[1:] == engine.pulled == ["mysql:8", "localhost/mine:1", "somebody/mysql:8"]
    )

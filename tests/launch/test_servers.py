import pytest

from lab.errors import EngineError
from lab.launch.refusals import refusal
from lab.launch.seen import Ran
from lab.launch.servers import has_first_rows


class FakeEngine:
    """Runs every command with one end: its output, or the engine's refusal."""

    def __init__(self, end: Ran | EngineError) -> None:
        self._end = end

    def run(self, *_: object, **__: object) -> Ran:
        if isinstance(self._end, EngineError):
            raise self._end
        return self._end


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (Ran(0, b"1\n", b""), True),
        (Ran(0, b"0\n", b""), False),
        (Ran(1, b"", b"Can't connect"), False),
        (refusal(404, "No such container: lab-x-db", "container lab-x-db"), False),
        (refusal(409, "Container lab-x-db is not running", "container lab-x-db"), False),
        (refusal(409, "Container lab-x-db is paused", "container lab-x-db"), False),
    ],
)
def test_a_server_that_does_not_answer_has_no_first_rows(
    end: Ran | EngineError, *, expected: bool
) -> None:
    engine = FakeEngine(end)
    assert has_first_rows(engine, "lab-x-db", "shared_db") is expected  # type: ignore[arg-type]

import pytest

from lab.errors import EngineError, Problem
from lab.launch.swarm.member import why_silent

HOST = "DOCKER_HOST: tcp://10.0.0.9:2375"
WRAPPED = "Error while fetching server API version: HTTPConnectionPool(host='10.0.0.9', port=2375)"


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (f"{HOST}: [Errno 113] No route to host", f"{HOST}: [Errno 113] No route to host"),
        (f"{HOST}: {WRAPPED}: Max retries exceeded", f"{HOST}: no answer in time"),
    ],
)
def test_why_an_engine_is_silent_is_told_in_few_words(where: str, said: str) -> None:
    assert why_silent(EngineError(Problem("the engine does not answer", where, ""))) == said


def test_an_engine_that_is_not_trusted_is_told_with_its_mend() -> None:
    problem = Problem("its certificate has expired", f"{HOST}: /mine", "give it a new one")
    said = f"its certificate has expired ({HOST}: /mine); give it a new one"
    assert why_silent(EngineError(problem)) == said

"""Holds a lab for a verb, and tells errors of the engine by what has become of its containers."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from lab.errors import DatabaseError, EngineError, LabError, Problem
from lab.launch.cluster import Cluster
from lab.launch.refusals import GoneError
from lab.verbs.engines import engine_of
from lab.verbs.find import find
from lab.verbs.shell import Shell


@contextmanager
def found(name: str | None, shell: Shell, *, to_look: bool = False) -> Iterator[Cluster]:
    """Reach the lab of this name, or of this folder.

    Raises `LabError` with the labs that are there when it isn't, and as `explained` does.
    """
    with engine_of(name, shell, to_look=to_look) as engine:
        cluster = find(engine, name, shell)
        with explained(cluster):
            yield cluster


@contextmanager
def explained(cluster: Cluster) -> Iterator[None]:
    """Raise `LabError` with the containers that are gone or frozen, where an error is about them.

    An engine tells no more than that there is no such container.
    """
    try:
        yield
    except (EngineError, DatabaseError) as error:
        problems = _behind(error, cluster.presence.problems())
        if not problems:
            raise
        raise LabError(*problems) from error


def _behind(error: LabError, problems: Sequence[Problem]) -> Sequence[Problem]:
    """Give those at the error's own places; of a container that is gone any may be the cause."""
    places = {problem.where for problem in error.problems}
    named = [problem for problem in problems if problem.where in places]
    return named or (problems if isinstance(error, GoneError | DatabaseError) else ())

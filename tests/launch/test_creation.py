"""What is on its way into existence when a creation fails is waited for, and removed."""

import signal
import threading
from concurrent.futures import CancelledError
from typing import Any

import pytest

from lab.errors import Problem
from lab.launch.creation import Creation
from lab.launch.labels import LAB
from lab.launch.refusals import NameTakenError
from lab.launch.seen import Definition, SeenContainer

GW = Definition("lab-t-gw", "an-image", (), {LAB: "t"}, network="")


class Slow:
    """An engine that takes a while to create a container."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.may_end = threading.Event()
        self.removed: list[str] = []

    def create(self, wanted: Definition) -> str:
        self.begun.set()
        self.may_end.wait()
        return wanted.name

    def remove(self, container: str) -> None:
        self.removed.append(container)


def interrupt(creation: Any, engine: Slow) -> None:
    """End as a Ctrl-C does while the pool starts a thread: it then waits for none of them."""
    with creation:
        creation.container(GW)
        engine.begun.wait()
        creation._pool._threads.clear()
        threading.Timer(0.1, engine.may_end.set).start()
        raise KeyboardInterrupt


def test_a_container_of_a_thread_that_the_pool_has_lost_is_removed_too() -> None:
    engine = Slow()
    with pytest.raises(KeyboardInterrupt):
        interrupt(Creation(engine), engine)  # type: ignore[arg-type]
    assert engine.removed == [GW.name]


def test_a_second_ctrl_c_interrupts_no_removal() -> None:
    engine = Slow()

    def interrupted_twice() -> None:
        with Creation(engine) as creation:  # type: ignore[arg-type]
            creation.container(GW)
            engine.begun.wait()
            threading.Timer(0.1, signal.raise_signal, (signal.SIGINT,)).start()
            threading.Timer(0.3, engine.may_end.set).start()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted_twice()
    assert engine.removed == [GW.name]


def test_nothing_begins_once_a_creation_has_failed() -> None:
    engine = Slow()
    creation = Creation(engine)  # type: ignore[arg-type]
    engine.may_end.set()
    with pytest.raises(KeyboardInterrupt):
        interrupt(creation, engine)
    engine.begun.clear()
    with pytest.raises(CancelledError):
        creation._carry_out(engine.create, GW)
    assert not engine.begun.is_set()


class Full:
    """An engine that has a container of every name, each of the lab *holder*."""

    def __init__(self, holder: str) -> None:
        self.labels = {LAB: holder} if holder else {}

    def create(self, wanted: Definition) -> str:
        raise NameTakenError(Problem("the engine refuses: Conflict", wanted.name, "its log"))

    def inspect(self, container: str) -> SeenContainer:
        return SeenContainer("0", container, self.labels, "running")


@pytest.mark.parametrize(
    ("holder", "whose"), [("t-g", "the lab t-g"), ("", "a container that is no lab's")]
)
def test_whose_the_container_of_the_same_name_is_is_told(holder: str, whose: str) -> None:
    creation = Creation(Full(holder))  # type: ignore[arg-type]
    with pytest.raises(NameTakenError) as refused:
        creation.container(GW).result()
    (problem,) = refused.value.problems
    assert (problem.what, problem.where) == (f"its name is taken by {whose}", "container lab-t-gw")
    assert "`--name`" in problem.mend

"""How the end of a prober's session is told; the engine is a stand-in that ends streams itself."""

import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from lab.launch.channel import ExecChannel
from lab.launch.exec_stream import STDERR
from lab.launch.labels import LAB

PATIENCE = 10  # seconds


class Stream:
    """An exec's streams, which the engine ends when *ends* is set."""

    def __init__(self, words: bytes) -> None:
        self.ends = threading.Event()
        self._words = words

    def read(self) -> tuple[int, bytes] | None:
        if self._words:
            words, self._words = self._words, b""
            return STDERR, words
        assert self.ends.wait(PATIENCE)
        return None

    def limit_writes(self, seconds: float) -> None: ...

    def end_input(self) -> None: ...

    def close(self) -> None:
        self.ends.set()


class Events:
    """The engine's events: the container's end, once *dies* is set."""

    def __init__(self) -> None:
        self.dies = threading.Event()

    def __iter__(self) -> Iterator[Any]:
        if self.dies.wait(PATIENCE):
            yield SimpleNamespace(id="prober")

    def close(self) -> None: ...


class FakeEngine:
    """An engine with one container, which runs until its end is told."""

    def __init__(self, words: bytes = b"") -> None:
        self.stream = Stream(words)
        self.told = Events()

    def open_exec(self, *_: object) -> tuple[str, Stream]:
        return "exec", self.stream

    def exec_exit_code(self, *_: object) -> int:
        return 70

    def inspect(self, *_: object) -> Any:
        return SimpleNamespace(id="prober", labels={LAB: "x"}, status="running")

    def events(self, *_: object) -> Events:
        return self.told


def test_an_engine_that_ends_the_streams_before_it_tells_the_containers_end_is_waited_for() -> None:
    engine: Any = FakeEngine()
    channel = ExecChannel(engine, "prober")
    engine.stream.ends.set()
    threading.Timer(0.05, engine.told.dies.set).start()
    with pytest.raises(ConnectionError, match="its container has ended"):
        channel.receive()


def test_a_containers_end_ends_the_session_where_the_engine_leaves_its_streams_open() -> None:
    engine: Any = FakeEngine()
    channel = ExecChannel(engine, "prober")
    engine.told.dies.set()
    with pytest.raises(ConnectionError, match="its container has ended"):
        channel.receive()


def test_a_session_that_failed_says_its_last_words_at_once() -> None:
    engine: Any = FakeEngine(b"Traceback\nValueError: it is broken\n")
    channel = ExecChannel(engine, "prober")
    engine.stream.ends.set()
    with pytest.raises(ConnectionError, match="exit code 70: ValueError: it is broken"):
        channel.receive()
    engine.told.dies.set()


def test_a_session_that_is_closed_just_ends() -> None:
    engine: Any = FakeEngine()
    channel = ExecChannel(engine, "prober")
    channel.close()
    assert channel.receive() == b""
    engine.told.dies.set()

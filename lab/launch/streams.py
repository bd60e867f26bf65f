"""Streams of the engine that last until closed, also from another thread: events and logs."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

from lab.launch.seen import SeenEvent


class _Closable:
    """Iteration and closing over the SDK's cancellable stream."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._is_closed = False

    def close(self) -> None:
        """End the stream; whoever reads it sees its end."""
        self._is_closed = True
        response = self._stream._response  # noqa: SLF001  # the SDK leaves its response open
        with contextlib.suppress(OSError, AttributeError):  # the engine was quicker
            self._stream.close()
        response.close()

    def _pieces(self) -> Iterator[Any]:
        try:
            yield from self._stream
        except Exception:  # whatever breaks in a reader whose connection is taken away
            if not self._is_closed:
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class EventStream(_Closable):
    """What happens to containers, as it happens."""

    def __init__(self, stream: Any, read: Callable[[Mapping[str, Any]], SeenEvent]) -> None:
        super().__init__(stream)
        self._read = read

    def __iter__(self) -> Iterator[SeenEvent]:
        for row in self._pieces():
            yield self._read(row)


class LogStream(_Closable):
    """A container's log, line by line."""

    def __iter__(self) -> Iterator[str]:
        rest = b""
        for piece in self._pieces():
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                yield line.decode(errors="replace").rstrip("\r")
        if rest:
            yield rest.decode(errors="replace")

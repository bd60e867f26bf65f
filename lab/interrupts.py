"""Signals while a lab is made: every way to end the program undoes what is half done."""

import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

_LIKE_CTRL_C = (signal.SIGTERM, signal.SIGHUP)
_ALL = (signal.SIGINT, *_LIKE_CTRL_C)

_Handler = signal.Handlers | Callable[[int, FrameType | None], Any]


@contextmanager
def ending_like_ctrl_c() -> Iterator[None]:
    """Let SIGTERM and a closed terminal do what Ctrl-C does; in a thread no signal arrives."""
    with _handling(_heeded(_LIKE_CTRL_C), _interrupt):
        yield


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let nothing interrupt a clean-up of a few seconds at most. In a thread nothing does."""
    with _handling(_ALL, signal.SIG_IGN):
        yield


@contextmanager
def interrupted_afterwards() -> Iterator[None]:
    """Let what would interrupt the work do so when it is done. In a thread nothing does."""
    came: list[int] = []
    with _handling(_heeded(_ALL), lambda number, _: came.append(number)):
        yield
    if came:
        signal.raise_signal(came[0])


def _heeded(numbers: Iterable[int]) -> list[int]:
    """Leave out what is ignored: nohup wants to outlive its terminal."""
    return [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]


@contextmanager
def _handling(numbers: Iterable[int], handler: _Handler) -> Iterator[None]:
    """Handle these signals so for a while; only the main thread can say how."""
    is_main = threading.current_thread() is threading.main_thread()
    before = {number: signal.signal(number, handler) for number in numbers if is_main}
    try:
        yield
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a script's background job
        raise KeyboardInterrupt
    # Whoever handles SIGINT at this moment, Python or an event loop, knows how to unwind.
    signal.raise_signal(signal.SIGINT)

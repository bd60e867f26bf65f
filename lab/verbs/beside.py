"""Blocking work beside an event loop, whose end doesn't wait for it."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

_Result = TypeVar("_Result")


def in_thread(work: Callable[[], _Result]) -> "asyncio.Future[_Result]":
    """Do *work* in a thread of its own; the future gives what it gives, or raises what it raises.

    A thread of the loop's own pool would be waited for by `asyncio.run`, whatever interrupted it.
    """
    promised: Future[_Result] = Future()
    promised.set_running_or_notify_cancel()  # what has begun can be given up, and not be undone

    def carry_out() -> None:
        try:
            promised.set_result(work())
        except BaseException as failure:  # noqa: BLE001  # whoever waits gets it
            promised.set_exception(failure)

    threading.Thread(target=carry_out, name="beside", daemon=True).start()
    return asyncio.wrap_future(promised)

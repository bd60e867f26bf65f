"""Blocking work beside an event loop."""

import asyncio
import threading
import time

import pytest

from lab.verbs.beside import in_thread


def test_its_result_and_its_failure_are_the_future_s() -> None:
    def fail() -> None:
        raise ValueError("no")

    async def both() -> None:
        assert await in_thread(lambda: 3) == 3
        with pytest.raises(ValueError, match="no"):
            await in_thread(fail)

    asyncio.run(both())


def test_the_loop_s_end_doesn_t_wait_for_work_that_was_given_up() -> None:
    may_end = threading.Event()

    async def give_up() -> None:
        work = in_thread(may_end.wait)
        await asyncio.wait((work,), timeout=0.01)
        work.cancel()

    began = time.monotonic()
    asyncio.run(give_up())
    assert time.monotonic() - began < 5
    may_end.set()

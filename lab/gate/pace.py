"""The only place that retries: growing pauses with jitter, cut short when the port opens."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_result,
    wait_exponential,
    wait_random,
)

from lab.gate.patience import Patience

_Answer = TypeVar("_Answer")


class Pace:
    """The rhythm of one link's attempts.

    *is_shut* tells that the peer is yet to open the link's port: then nothing is gained by dialling
    before the bell rings, and the pause is a long one, before the first attempt too.
    """

    def __init__(self, patience: Patience, is_shut: Callable[[], bool]) -> None:
        self._patience = patience
        self._is_shut = is_shut
        self._bell = asyncio.Event()
        self._was_rung = False

    def ring(self) -> None:
        """Tell that the peer has opened the port: an attempt is due, and the pauses grow anew."""
        self._bell.set()

    async def until(
        self, is_enough: Callable[[_Answer], bool], attempt: Callable[[], Awaitable[_Answer]]
    ) -> _Answer:
        """Attempt until a result is enough, and give that one."""
        first = self._patience.first_pause
        retrying = AsyncRetrying(
            sleep=self._sleep,
            wait=wait_exponential(multiplier=first, max=self._patience.longest_pause - first)
            + wait_random(0, first),
            retry=retry_if_result(lambda result: not is_enough(result)),
            before=self._begin,
        )

        async def once() -> _Answer:
            return await attempt()

        if self._is_shut():
            await self._sleep(first)
        return await retrying(once)

    async def _begin(self, state: RetryCallState) -> None:
        if self._was_rung:
            state.attempt_number = 1
        self._was_rung = False
        # A port that opens while the attempt runs still rings for the next one.
        self._bell.clear()

    async def _sleep(self, seconds: float) -> None:
        pause = self._patience.shut_pause if self._is_shut() else seconds
        try:
            async with asyncio.timeout(pause):
                await self._bell.wait()
        except TimeoutError:
            return
        self._was_rung = True

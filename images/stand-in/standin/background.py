"""Work that runs beside its owner."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from standin import log


class Background:
    """Keeps tasks until they are done, and logs the fault of one under the owner's component."""

    def __init__(self, component: str) -> None:
        self._component = component
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Start *work* in the running loop."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()) is not None:
            log.error(self._component, f"stand-in fault: {fault!r}")

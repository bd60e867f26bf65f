"""The last step of a start: a node, of whichever line, serves until its process ends."""

import asyncio
import gc
from typing import Protocol


class Serving(Protocol):
    """A node with its files read."""

    async def serve(self, began: float, delay: float) -> None:
        """Open the ports *delay* seconds after the databases were looked at, and serve."""


def serve(node: Serving, began: float, delay: float) -> None:
    """Run the node; *began* is the monotonic time at which the process started its work."""
    # What is loaded stays, and need not be looked through for garbage ever again.
    gc.freeze()
    gc.enable()
    asyncio.run(node.serve(began, delay))

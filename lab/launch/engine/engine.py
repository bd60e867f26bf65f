"""A Docker Engine with all that can be asked of it."""

from collections.abc import Callable, Mapping

from lab.launch.engine.commands import Commands
from lab.launch.engine.containers import Containers
from lab.launch.engine.images import Images
from lab.launch.engine.networks import Networks
from lab.launch.engine.volumes import Volumes


class Engine(Networks, Volumes, Containers, Commands, Images):
    """A Docker Engine that answers. One client serves all threads."""

    @property
    def cores(self) -> int:
        """Give how many processors a lab may take."""
        return self.facts.cores

    @property
    def workshop(self) -> "Engine":
        """Give the engine that a lab's images are made on."""
        return self

    def bring(
        self, images: Mapping[str, str], progress: Callable[[str], None], *, machine: str = ""
    ) -> None:
        """Bring each member's image from the workshop to where it may start: they are there.

        *machine* is the only one of a swarm that needs them; empty: the plan tells.
        """

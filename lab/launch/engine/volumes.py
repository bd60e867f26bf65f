"""The volumes of an engine."""

from collections.abc import Mapping

from lab.launch.engine.door import Door, asked
from lab.launch.seen import SeenVolume


class Volumes(Door):
    """Makes and removes volumes."""

    def volumes(self, label: str) -> tuple[SeenVolume, ...]:
        """List the volumes with a label."""
        with asked("volumes"):
            rows = self._api.volumes(filters={"label": label})["Volumes"] or ()
        own = [row for row in rows if self._is_own(row["Labels"])]
        return tuple(SeenVolume(row["Name"], row["Labels"] or {}) for row in own)

    def create_volume(self, name: str, labels: Mapping[str, str]) -> None:
        """Create a volume; one that exists stays as it is."""
        with asked(f"volume {name}"):
            self._api.create_volume(name, labels=dict(labels))

    def remove_volume(self, name: str) -> None:
        """Remove a volume."""
        with asked(f"volume {name}"):
            self._api.remove_volume(name)

"""The images of an engine."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from lab.launch.engine.door import Door, asked
from lab.launch.engine.rows import seen_image
from lab.launch.refusals import GoneError, refusal
from lab.launch.seen import SeenImage


class Images(Door):
    """Finds, brings, makes and removes images."""

    def image(self, reference: str) -> SeenImage | None:
        """Look an image up among those that are here."""
        try:
            with asked(f"image {reference}"):
                return seen_image(self._api.inspect_image(reference))
        except GoneError:
            return None

    def image_environment(self, reference: str) -> Mapping[str, str]:
        """Give the variables that an image sets; raises `GoneError`."""
        with asked(f"image {reference}"):
            words = self._api.inspect_image(reference)["Config"].get("Env") or ()
        return dict(word.split("=", 1) for word in words)

    def layers(self, reference: str) -> tuple[tuple[int, str, int], ...]:
        """List how an image was made: when (Unix seconds), by what, and the bytes that it added."""
        with asked(f"image {reference}"):
            rows = self._api.history(reference)
        return tuple((row["Created"], row["CreatedBy"], row["Size"]) for row in rows)

    def images(self, pattern: str) -> tuple[SeenImage, ...]:
        """List the images whose name fits a pattern such as `apim-lab/*`."""
        with asked("images"):
            rows = self._api.images(filters={"reference": pattern})
        return tuple(seen_image(row) for row in rows)

    def ask_registry(self, reference: str) -> None:
        """Ask an image's registry for it through the engine, for a few seconds at most.

        Raises `GoneError` when it has no such image, `DeniedError` when it wants a login, and any
        other `EngineError` when it doesn't answer.
        """
        with asked(f"image {reference}"):
            self._quick.inspect_distribution(reference)

    def pull(self, repository: str, tag: str) -> Iterator[str]:
        """Pull an image and give the engine's progress lines."""
        with asked(f"image {repository}:{tag}"):
            for row in self._api.pull(repository, tag, stream=True, decode=True):
                if "error" in row:
                    raise refusal(None, row["error"], f"image {repository}:{tag}")
                yield str(row.get("status", ""))

    def push(self, repository: str, tag: str) -> None:
        """Push an image to the registry that its name begins with."""
        with asked(f"image {repository}:{tag}"):
            for row in self._api.push(repository, tag, stream=True, decode=True):
                if "error" in row:
                    raise refusal(None, row["error"], f"image {repository}:{tag}")

    def import_image(self, archive: Path, reference: str, changes: Iterable[str]) -> None:
        """Make an image of one layer out of a tar."""
        repository, _, tag = reference.partition(":")
        with asked(f"image {reference}"):
            said = str(
                self._api.import_image(
                    str(archive), repository=repository, tag=tag, changes=list(changes)
                )
            )
        if '"error"' in said:
            raise refusal(None, said.strip(), f"image {reference}")

    def tag_image(self, image: str, reference: str) -> None:
        """Give an image one more name."""
        repository, _, tag = reference.rpartition(":")
        with asked(f"image {image}"):
            self._api.tag(image, repository, tag)

    def save_images(self, references: Iterable[str]) -> Iterator[bytes]:
        """Give images with all their layers, each layer once, as one archive in pieces."""
        names = list(references)
        with asked(f"images {', '.join(names)}"):
            url = self._api._url("/images/get")  # noqa: SLF001  # the SDK takes one name only
            answer = self._api._get(url, params={"names": names}, stream=True)  # noqa: SLF001
            yield from self._api._stream_raw_result(answer, 1 << 20, False)  # noqa: SLF001, FBT003

    def load_images(self, archive: Iterator[bytes]) -> None:
        """Take what `save_images` of another engine gives."""
        with asked("images"):
            for row in self._api.load_image(archive):
                if "error" in row:
                    raise refusal(None, row["error"], "images")

    def remove_image(self, reference: str) -> None:
        """Remove an image's name, and the image with its last name; raises `InUseError`."""
        with asked(f"image {reference}"):
            self._api.remove_image(reference)

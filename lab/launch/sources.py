"""Gets the images that have no Dockerfile from the first source that has them, and says which."""

import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from lab.errors import EngineError, Problem
from lab.launch.distribution import bootstrap, can_bootstrap
from lab.launch.engine import Engine
from lab.launch.recipes import Recipe, read_recipe
from lab.launch.refusals import DeniedError, GoneError

if TYPE_CHECKING:
    from subprocess import Popen

Progress = Callable[[str], None]


class Sources:
    """Where images come from in one run: a registry that doesn't answer is asked only once."""

    def __init__(self, engine: Engine, progress: Progress) -> None:
        self._engine = engine
        self.progress = progress
        self._asking = threading.Lock()
        self._silent: dict[str, EngineError] = {}  # by the registry
        self._running: list[Popen[str]] = []

    def ensure(self, name: str) -> str:
        """Give the image of a recipe; raises `EngineError` when no source has it."""
        recipe, tag = read_recipe(name)
        if self._engine.image(tag) is not None:
            return tag
        if not (self._take_pulled(recipe, tag) or self._make(recipe, tag)):
            raise EngineError(_no_source(recipe))
        return tag

    def bring(self, reference: str) -> str:
        """Give an image of somebody else's, pulled where it isn't here; raises `EngineError`."""
        if self._engine.image(reference) is not None:
            return reference
        if refused := self._refused(reference):
            raise EngineError(_not_given(reference, refused)) from refused
        self.progress(f"image {reference}: pulling")
        self._pull(reference, reference)
        return reference

    def break_off(self) -> None:
        """End what is being made of packages: nobody waits for it any more."""
        for process in self._running:
            process.terminate()

    def _take_pulled(self, recipe: Recipe, tag: str) -> bool:
        if not recipe.pull:
            return False
        if self._engine.image(recipe.pull) is None:
            if self._refused(recipe.pull):
                return False
            self.progress(f"image {recipe.name}: pulling {recipe.pull}")
            self._pull(recipe.pull, recipe.name)
        else:
            self.progress(f"image {recipe.name}: {recipe.pull} is here already")
        self._engine.tag_image(recipe.pull, tag)
        return True

    def _pull(self, reference: str, name: str) -> None:
        repository, _, version = reference.rpartition(":")
        if "/" in version or not repository:  # a registry's port, or no version at all
            repository, version = reference, "latest"
        for line in dict.fromkeys(self._engine.pull(repository, version)):
            self.progress(f"image {name}: {line}")

    def _refused(self, reference: str) -> EngineError | None:
        """Ask an image's registry for it; give why it can't be pulled."""
        registry = _registry_of(reference)
        with self._asking:
            if registry in self._silent:
                return self._silent[registry]
            try:
                self._engine.ask_registry(reference)
            except (GoneError, DeniedError) as error:
                return error
            except EngineError as error:
                self._silent[registry] = error
                return error
        return None

    def _make(self, recipe: Recipe, tag: str) -> bool:
        if not can_bootstrap():
            return False
        why = "no registry gives it; " if recipe.pull else ""
        self.progress(
            f"image {recipe.name}: {why}made of Debian {recipe.suite}'s packages"
            " (about half a minute)"
        )
        with tempfile.TemporaryDirectory(prefix="lab-image-") as folder:
            archive = Path(folder) / "root.tar"
            bootstrap(recipe, archive, self.progress, started=self._running.append)
            self.progress(f"image {recipe.name}: importing")
            self._engine.import_image(archive, tag, changes=('CMD ["sh"]',))
        return True


def _registry_of(reference: str) -> str:
    """Give the host that an image's name begins with, "" for the engine's usual registry."""
    host, slash, _ = reference.partition("/")
    return host if slash and (host == "localhost" or "." in host or ":" in host) else ""


def _not_given(reference: str, refused: EngineError) -> Problem:
    what, mend = "no registry answers for it", f"`docker pull {reference}` or `docker load` it"
    if isinstance(refused, GoneError):
        what, mend = "its registry has none of this name", "check the name and the tag"
    if isinstance(refused, DeniedError):
        what, mend = "its registry refuses it", "check the name, or `docker login` there"
    return Problem(
        f"the image is not here, and {what}: {refused.problems[0].what}",
        f"image {reference}",
        f"{mend}, then run this again",
    )


def _no_source(recipe: Recipe) -> Problem:
    what = f"no source for the image {recipe.name}"
    if not recipe.pull:
        return Problem(what, "no mmdebstrap here", "install `mmdebstrap` (Debian, Ubuntu)")
    return Problem(
        what,
        f"{recipe.pull}; no mmdebstrap here",
        f"`docker pull {recipe.pull}` or `docker load` it, or install `mmdebstrap`",
    )

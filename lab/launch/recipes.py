"""What an image without a Dockerfile is: pulled where a registry answers, else made of packages."""

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path

from lab.data import data_folder

_HASH = 16  # hexadecimal digits of a tag
# Nothing in a lab reads it, and every container's start pays for it.
_EXCLUDE = (
    "/usr/share/doc/*",
    "/usr/share/doc-base/*",
    "/usr/share/man/*",
    "/usr/share/info/*",
    "/usr/share/locale/*",
    "/usr/share/lintian/*",
    "/usr/share/bash-completion/*",
)


@dataclass(frozen=True, slots=True)
class User:
    """A system user that the packages don't make."""

    name: str
    uid: int  # and gid


@dataclass(frozen=True, slots=True)
class Recipe:
    """One `images/<name>/image.toml`."""

    name: str
    pull: str  # an official image; empty where there is none
    suite: str  # of Debian
    packages: tuple[str, ...]
    exclude: tuple[str, ...] = ()  # paths left out of the packages
    remove: tuple[str, ...] = ()  # patterns of paths that only the installation needs
    folders: tuple[str, ...] = ()  # made for the user
    user: User | None = None

    @property
    def repository(self) -> str:
        """Give the image's name without its tag."""
        return f"apim-lab/{self.name}"


def read_recipe(name: str) -> tuple[Recipe, str]:
    """Read an image's recipe; give it with its tag, the hash of all that makes it."""
    path = recipe_path(name)
    content = path.read_bytes()
    values = tomllib.loads(content.decode())
    user = values.get("user")
    recipe = Recipe(
        name=name,
        pull=values["pull"],
        suite=values["suite"],
        packages=tuple(values["packages"]),
        exclude=(*_EXCLUDE, *values.get("exclude", ())),
        remove=tuple(values.get("remove", ())),
        folders=tuple(values.get("folders", ())),
        user=None if user is None else User(user["name"], user["uid"]),
    )
    digest = hashlib.sha256(content + repr(recipe).encode()).hexdigest()
    return recipe, f"{recipe.repository}:{digest[:_HASH]}"


def recipe_path(name: str) -> Path:
    """Give the file that a recipe is read from."""
    return data_folder("images") / name / "image.toml"

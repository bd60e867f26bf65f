"""Finds the distribution that a node is to run, or says what stands in its place."""

from pathlib import Path

from lab.distributions.entry import Distribution
from lab.distributions.homes import Home
from lab.distributions.taken import taken_from_image
from lab.distributions.zips import Zip
from lab.errors import LabError, Problem
from lab.plan.model import PlannedNode

HOME, ZIP, IMAGE = "home", "zip", "image"


def distribution_of(node: PlannedNode) -> Distribution | None:
    """Give what a node of the product runs; nothing for a stand-in.

    Of an image it is what the lab has taken out of it. Raises `LabError` when nothing is there.
    """
    if node.kind == IMAGE:
        return Home(taken_from_image(node.place))
    return _find(node.kind, node.place) if node.kind in (HOME, ZIP) else None


def _find(kind: str, place: str) -> Distribution:
    path = Path(place)
    if not path.exists():
        raise LabError(
            Problem(
                "no distribution there",
                place,
                "name the folder that holds `bin` and `repository`, or WSO2's zip of it,"
                " on the machine that `lab` runs on",
            )
        )
    if kind == ZIP:
        return _zip(path)
    return _home(path)


def _zip(path: Path) -> Distribution:
    if not path.is_file():
        raise LabError(Problem(f"{path} is no zip file", str(path), f"for a folder: `home:{path}`"))
    return Zip(path)


def _home(path: Path) -> Distribution:
    if not path.is_dir():
        raise LabError(Problem(f"{path} is no folder", str(path), f"for a zip file: `zip:{path}`"))
    inside = [each for each in path.iterdir() if (each / "bin").is_dir()]
    if not (path / "bin").is_dir() and inside:
        raise LabError(
            Problem(
                f"{path} holds no `bin`; the product's home lies in it",
                str(path),
                f"name that folder: `home:{inside[0]}`",
            )
        )
    return Home(path)

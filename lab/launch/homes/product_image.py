"""A product image of somebody else's: what the lab reads of it, and the driver that it lacks."""

import io
import re
import secrets
import shutil
import tarfile
from pathlib import Path, PurePosixPath

from lab.distributions.taken import LISTED, NOTE, READ, taken_folder
from lab.errors import EngineError, Problem
from lab.launch.archive import PlacedFile, tar_of
from lab.launch.builder import building, keep_image
from lab.launch.engine import Engine
from lab.launch.homes.driver import FOLDERS, Driver
from lab.launch.homes.layers import ROLE_REPOSITORY, digest_of
from lab.launch.labels import Ownership, Part
from lab.launch.refusals import GoneError
from lab.launch.seen import Definition
from lab.launch.sources import Sources
from lab.plan.containers import container_name
from lab.plan.model import Plan, PlannedNode

_HOME = "WSO2_SERVER_HOME"
_PLAIN = re.compile(r"[\w./-]+:[\w.-]+")  # no digest, no port, no missing tag


def take_distributions(engine: Engine, plan: Plan, owner: Ownership, sources: Sources) -> None:
    """Read what is needed of each product image of a plan, once for the same image.

    Raises `EngineError` when an image can't be had, or holds no product.
    """
    for reference in dict.fromkeys(n.place for n in plan.real_nodes if n.kind == "image"):
        sources.bring(reference)
        seen = engine.image(reference)
        folder = taken_folder(reference)
        note = folder / NOTE
        if seen is None or (note.is_file() and note.read_text() == seen.id):
            continue
        sources.progress(f"image {reference}: reading its dbscripts and templates")
        shutil.rmtree(folder)
        folder.mkdir(parents=True)
        with building(engine, _never_started(reference, owner)) as builder:
            home = home_in(engine, reference)
            for name in (*READ, *LISTED):
                _take(engine, builder, home, name, folder)
        note.write_text(seen.id)


def home_in(engine: Engine, reference: str) -> PurePosixPath:
    """Give the product's home in an image, which says it by `WSO2_SERVER_HOME`."""
    home = engine.image_environment(reference).get(_HOME)
    if home is None:
        raise EngineError(
            Problem(
                f"the image has no {_HOME}",
                f"image {reference}",
                "name an image of wso2/docker-apim, or one with the same layout",
            )
        )
    return PurePosixPath(home)


def with_driver(engine: Engine, node: PlannedNode, driver: Driver | None, owner: Ownership) -> str:
    """Give the image of a node with the driver that it lacks, in one layer more."""
    seen = engine.image(node.place)
    if driver is None:
        return _plainly_named(engine, node.place, seen.id if seen else "")
    tag = f"{ROLE_REPOSITORY}:{digest_of(seen.id if seen else node.place, driver.digest)}"
    if engine.image(tag) is None:
        place = home_in(engine, node.place) / FOLDERS[0] / driver.name
        with building(engine, _never_started(node.place, owner)) as builder:
            placed = PlacedFile(place, driver.content, node.uid, node.uid, 0o644)
            engine.put(builder, tar_of([placed]))
            keep_image(engine, builder, tag)
    return tag


def _plainly_named(engine: Engine, reference: str, id_: str) -> str:
    """Give a name by which the image can get to other machines, through a registry too."""
    if _PLAIN.fullmatch(reference):
        return reference
    tag = f"{ROLE_REPOSITORY}:{digest_of(id_)}"
    engine.tag_image(reference, tag)
    return tag


def _never_started(image: str, owner: Ownership) -> Definition:
    """Define a builder that is only looked into and put into."""
    member = f"image-builder-{secrets.token_hex(4)}"
    name = container_name(owner.lab, member)
    labels = owner.labels(Part.BUILDER, member)
    return Definition(name, image, (), labels, network="", keeps_entrypoint=True)


def _take(engine: Engine, builder: str, home: PurePosixPath, name: str, folder: Path) -> None:
    """Unpack files that are read; of what is only listed, the names."""
    try:
        archive = engine.take(builder, str(home / name))
    except GoneError:
        return
    parent = (folder / name).parent
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        for member in opened:
            target = (parent / member.name).resolve()
            if not member.isfile() or not target.is_relative_to(folder.resolve()):
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            file = opened.extractfile(member) if name in READ else None
            target.write_bytes(file.read() if file else b"")

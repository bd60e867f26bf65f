"""Images on their way to the machines that lack them: from engine to engine, without a registry."""

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor

from lab.launch.engine import Engine


def bring_images(
    workshop: Engine,
    members: Mapping[str, Engine],
    wanted: Mapping[str, Collection[str]],
    progress: Callable[[str], None],
) -> None:
    """Bring to each machine the images that it is to have; one that has it is only asked."""
    every = sorted({image for images in wanted.values() for image in images})
    ids = {each: seen.id for each in every if (seen := workshop.image(each)) is not None}

    def bring(machine: str) -> None:
        own = {image: ids[image] for image in sorted(wanted[machine]) if image in ids}
        _bring(workshop, machine, members[machine], ids=own, progress=progress)

    with ThreadPoolExecutor(len(members)) as pool:
        list(pool.map(bring, members))


def _bring(
    workshop: Engine,
    machine: str,
    member: Engine,
    *,
    ids: Mapping[str, str],
    progress: Callable[[str], None],
) -> None:
    missing = [name for name, id_ in ids.items() if _id_at(member, name) != id_]
    if missing:
        progress(f"machine {machine}: {len(missing)} images on their way")
        member.load_images(workshop.save_images(missing))


def _id_at(member: Engine, image: str) -> str:
    seen = member.image(image)
    return seen.id if seen else ""

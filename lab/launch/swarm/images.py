"""Images on their way to the machines that lack them: from engine to engine, without a registry."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from lab.launch.engine import Engine


def bring_images(
    workshop: Engine,
    members: Mapping[str, Engine],
    images: Sequence[str],
    progress: Callable[[str], None],
) -> None:
    """Bring every image to every machine; one that has it is only asked."""
    ids = {each: seen.id for each in images if (seen := workshop.image(each)) is not None}
    with ThreadPoolExecutor(len(members)) as pool:
        list(
            pool.map(
                lambda item: _bring(workshop, *item, ids=ids, progress=progress), members.items()
            )
        )


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

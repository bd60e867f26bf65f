"""Puts a fault into a member's network namespace, and takes it out again.

A container that shares the namespace and has NET_ADMIN alone runs one `nft` and ends. A relay,
where a fault needs one, has no right at all.
"""

import secrets
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

from lab.data import data_folder
from lab.errors import EngineError, Problem
from lab.launch.archive import PlacedFile, tar_of
from lab.launch.engine import Engine
from lab.launch.faults import rules
from lab.launch.faults.records import passing_labels
from lab.launch.labels import Ownership
from lab.launch.refusals import GoneError
from lab.launch.seen import Definition, SeenContainer
from lab.launch.sources import Sources
from lab.plan.containers import container_name

IMAGE = "faults"
RELAY = PurePosixPath("/lab/relay.py")
SHOWN = PurePosixPath("/lab/shown.pem")
_MEMORY = "64m"
_LAST_LINES = 5


def ensure_image(engine: Engine, member: SeenContainer, progress: Callable[[str], None]) -> str:
    """Give the image with nft in it, which is then where the member runs.

    Raises `EngineError` when it can't be made here.
    """
    image = Sources(engine.workshop, progress).ensure(IMAGE)
    engine.bring({IMAGE: image}, progress, machine=member.machine)
    return image


def run_nft(
    engine: Engine, image: str, owner: Ownership, member: SeenContainer, commands: str
) -> None:
    """Run nft in a member's network namespace; raises `EngineError` with what it says."""
    wanted = Definition(
        name=container_name(owner.lab, f"nft-{secrets.token_hex(4)}"),
        image=image,
        command=("nft", commands),
        labels=passing_labels(owner, "nft"),
        network=f"container:{member.id}",
        memory=_MEMORY,
        capabilities=("NET_ADMIN",),
        read_only=True,
    )
    made = engine.create(wanted)
    try:
        engine.start(made)
        code = engine.wait(made)
        if code:
            said = "\n".join(engine.last_lines(made, _LAST_LINES))
            raise EngineError(
                Problem(
                    f"nft ended with exit code {code}: {said}",
                    f"the network of {member.name}",
                    "the kernel must have nf_tables (Linux 5.2 or later)",
                )
            )
    finally:
        engine.remove(made)


def relay_definition(
    name: str, image: str, labels: dict[str, str], member: SeenContainer, words: Iterable[str]
) -> Definition:
    """Define a relay in a member's network; it is the fault's record too."""
    return Definition(
        name=name,
        image=image,
        command=("python3", str(RELAY), *words),
        labels=labels,
        network=f"container:{member.id}",
        user=f"{rules.RELAY_UID}:{rules.RELAY_UID}",
        memory=_MEMORY,
    )


def start_relay(engine: Engine, relay: str, pem: bytes = b"") -> int:
    """Start a relay and give the port that it listens on."""
    uid = rules.RELAY_UID
    script = (data_folder("images") / IMAGE / RELAY.name).read_bytes()
    files = [PlacedFile(RELAY, script, uid, uid)]
    if pem:
        files.append(PlacedFile(SHOWN, pem, uid, uid))
    engine.put(relay, tar_of(files))
    engine.start(relay)
    with engine.follow(relay) as log:
        first = next(iter(log), "")
    word, _, port = first.partition(" ")
    if word != "listening":
        said = "\n".join(engine.last_lines(relay, _LAST_LINES))
        raise EngineError(Problem(f"the relay ended: {said}", relay, "heal the fault, try again"))
    return int(port)


def remove_if_there(engine: Engine, container: str) -> None:
    """Remove a container; one that is gone is as good as removed."""
    try:
        engine.remove(container)
    except GoneError:
        return

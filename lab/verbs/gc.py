"""`lab gc`: removes what dead labs have left, and images that no lab uses when asked."""

from lab.errors import LabError
from lab.launch.cluster import find_cluster
from lab.launch.engine import Engine
from lab.launch.garbage import remove_images, remove_leaked
from lab.launch.listing import list_clusters
from lab.launch.ownership import Life
from lab.verbs.interrupts import uninterrupted
from lab.verbs.shell import Shell


def gc(shell: Shell, *, images: bool) -> int:
    """Remove what provably nobody wants any more; name what might be somebody's."""
    with Engine.connect(shell.environ) as engine:
        with uninterrupted():
            gone = [f"lab {name}: removed" for name in remove_leaked(engine)]
            gone += _healed(engine, shell)
            if images:
                gone += [f"image {name}: removed" for name in remove_images(engine)]
        for what in gone:
            shell.tell(what)
        for summary in list_clusters(engine):
            if not summary.is_complete and summary.life is not Life.ALIVE:
                shell.tell(
                    f"lab {summary.name}: half made, and its owner can't be seen from here; "
                    f"`lab down {summary.name}` removes it"
                )
    if not gone:
        shell.tell("nothing to remove")
    return 0


def _healed(engine: Engine, shell: Shell) -> list[str]:
    """Heal the faults whose makers have died, in every lab that stands."""
    told = []
    for summary in list_clusters(engine):
        try:
            cluster = find_cluster(engine, summary.name)
            healed = cluster.faults.heal_all(orphans_only=True) if cluster else ()
        except LabError as error:  # one lab whose folder is gone doesn't keep the others
            shell.tell(f"lab {summary.name}: {error.problems[0].what}")
            continue
        told += [f"lab {summary.name}: {fault}: healed" for fault in healed]
    return told

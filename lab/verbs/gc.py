"""`lab gc`: removes what dead labs have left, and images that no lab uses when asked."""

from collections.abc import Sequence

from lab.errors import LabError, Problem
from lab.interrupts import uninterrupted
from lab.launch.engine import Engine
from lab.launch.finding import find_cluster
from lab.launch.garbage import remove_images, remove_leaked
from lab.launch.latecomers import wait_for_first
from lab.launch.listing import list_clusters
from lab.launch.ownership import Life
from lab.verbs.choosing import LABS_FOLDER, choose_labs
from lab.verbs.engines import every_engine
from lab.verbs.folder import remove_unfinished
from lab.verbs.shell import Shell


def gc(names: Sequence[str], shell: Shell, *, images: bool) -> int:
    """Remove what provably nobody wants any more, of all labs or of these; name the rest.

    Raises `LabError` with what can't be removed, after everything else is, and `UsageError` with
    every name that no lab can have, before anything is.
    """
    if names:
        names = choose_labs(names, shell.folder)
    problems: list[Problem] = []
    with every_engine(shell) as engines:
        gone = _unfinished(engines, names, shell)
        if gone:
            wait_for_first()
        for engine in engines:
            with uninterrupted():
                removed = remove_leaked(engine, names)
                problems += removed.problems
                gone += [f"lab {name}: removed" for name in removed.labs]
                gone += _healed(engine, shell)
                if images:
                    gone += [f"image {name}: removed" for name in remove_images(engine)]
        gone += _unfinished(engines, names, shell)  # of starts that were killed amid their files
        for what in gone:
            shell.tell(what)
        for summary in (one for engine in engines for one in list_clusters(engine)):
            if not summary.is_complete and summary.life is Life.UNKNOWN:
                shell.tell(
                    f"lab {summary.name}: half made, and its owner can't be seen from here; "
                    f"`lab down {summary.name}` removes it"
                )
    if problems:
        raise LabError(*problems)
    if not gone:
        shell.tell("nothing to remove")
    return 0


def _unfinished(engines: Sequence[Engine], names: Sequence[str], shell: Shell) -> list[str]:
    """Remove the folders here of starts that died before the engine knew of them."""
    folders = sorted((shell.folder / LABS_FOLDER).glob("*"))
    wanted = [each for each in folders if not names or each.name in names]
    known = {one.name for engine in engines for one in list_clusters(engine)} if wanted else set()
    return [
        f"{folder}: removed"
        for folder in wanted
        if folder.name not in known and remove_unfinished(folder)
    ]


def _healed(engine: Engine, shell: Shell) -> list[str]:
    """Heal the faults whose makers have died, in every lab that stands."""
    told = []
    for summary in list_clusters(engine):
        if not summary.is_complete:  # faults are put upon labs that stand, and go with the others
            continue
        try:
            cluster = find_cluster(engine, summary.name)
            healed = cluster.faults.heal_all(orphans_only=True) if cluster else ()
        except LabError as error:  # one lab whose folder is gone doesn't keep the others
            shell.tell(f"lab {summary.name}: {error.problems[0].what}")
            continue
        told += [f"lab {summary.name}: {fault}: healed" for fault in healed]
    return told

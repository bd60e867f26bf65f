"""`lab down`: removes every object of a lab, by its labels alone."""

from collections.abc import Sequence

from lab.interrupts import uninterrupted
from lab.launch.head_start import killed_ahead
from lab.verbs.choosing import choose_labs
from lab.verbs.shell import Shell


def down(names: Sequence[str], shell: Shell, *, every: bool) -> int:
    """Remove the labs of these names, all of them, or the one of this folder.

    A lab that isn't there is no error where it was named by nobody or by this folder. A lab that
    stays keeps no other from being removed.
    Raises `LabError` with each name that was typed and that no lab has, and with all that stays.
    """
    if every:
        from lab.verbs.removing import remove_every  # noqa: PLC0415  # with the SDK

        remove_every(shell)
        return 0
    labs = choose_labs(names, shell.folder)

    def remove() -> int:
        from lab.verbs.removing import remove_labs  # noqa: PLC0415  # with the SDK

        remove_labs(labs, shell, must_exist=bool(names))
        return 0

    with uninterrupted(), killed_ahead(labs[0], shell.environ) as has_begun:
        if has_begun:
            return remove()
    return remove()  # until something is removed, whoever waits for an engine may leave

"""The verbs for one member of a lab, and those that disturb it."""

from collections.abc import Sequence

import click

from lab.cli.carried_out import carried_out, end
from lab.cli.options import formats, node, of_lab
from lab.cli.verb import BeforeCommand, argument, option, verb
from lab.verbs.shell import ListFormat


@verb()
@node
@option("--follow", "-f", is_flag=True, help="Keep printing.")
@of_lab
def logs(*, node: str, follow: bool, name: str | None) -> None:
    """Print a node's log."""
    with carried_out() as shell:
        from lab.verbs.nodes import logs as work  # noqa: PLC0415

        end(work(node, name, shell, follow=follow))


@verb("exec", context_settings={"ignore_unknown_options": True})
@node
@argument("words", metavar="-- CMD...", nargs=-1, required=True, help="The command.")
@of_lab
def exec_(*, node: str, words: Sequence[str], name: str | None) -> None:
    """Run a command in a node's container."""
    with carried_out() as shell:
        from lab.verbs.nodes import execute as work  # noqa: PLC0415

        end(work(node, words, name, shell))


@verb()
@node
@of_lab
def stop(*, node: str, name: str | None) -> None:
    """Stop a node."""
    with carried_out() as shell:
        from lab.verbs.nodes import stop as work  # noqa: PLC0415

        end(work(node, name, shell))


@verb()
@node
@of_lab
def start(*, node: str, name: str | None) -> None:
    """Start a node again, with its files as they lie in the lab's folder."""
    with carried_out() as shell:
        from lab.verbs.nodes import start as work  # noqa: PLC0415

        end(work(node, name, shell))


@verb(cls=BeforeCommand)
@argument(
    "action",
    metavar="KIND",
    help="cut, refuse, isolate, slow, pause, kill, stop, certificate or password; list; heal.",
)
@argument(
    "words",
    metavar="[NODE [NODE[:PORT]]] [-- CMD...]",
    nargs=-1,
    help="Whom it is about, or a link's id; behind `--` a command, after which it is healed.",
)
@option(
    "--by",
    "delay",
    metavar="MS",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    help="How late `slow` answers come.",
)
@of_lab
@formats(ListFormat, ListFormat.TABLE)
def fault(
    *,
    action: str,
    words: Sequence[str],
    command: Sequence[str],
    delay: int,
    name: str | None,
    wanted: ListFormat,
) -> None:
    """Put a fault into a lab, for a command's time or until it is healed; list or heal faults."""
    with carried_out() as shell:
        from lab.verbs.fault import fault as work  # noqa: PLC0415
        from lab.verbs.fault_words import Wanted  # noqa: PLC0415

        end(work(Wanted(action, tuple(words), tuple(command), delay), name, shell, format_=wanted))

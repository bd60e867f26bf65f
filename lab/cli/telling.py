"""The verbs that tell what there is."""

from pathlib import Path

import click

from lab.cli.carried_out import carried_out, end
from lab.cli.options import allow_degraded, formats, lab_name
from lab.cli.verb import option, verb
from lab.verbs.shell import Format, ListFormat


@verb("list")
@formats(ListFormat, ListFormat.TABLE)
def list_(*, wanted: ListFormat) -> None:
    """List the labs on this engine, with their verdicts."""
    with carried_out() as shell:
        from lab.verbs.list import list_labs as work  # noqa: PLC0415

        end(work(shell, wanted=wanted))


@verb()
@lab_name
@option("--watch", is_flag=True, help="Keep looking; report each change.")
@formats(Format, Format.TABLE, help="Report as.")
@allow_degraded
def status(*, name: str | None, watch: bool, wanted: Format, allow_degraded: bool) -> None:
    """Probe every connection once, at this moment, and report."""
    with carried_out() as shell:
        from lab.verbs.status import status as work  # noqa: PLC0415

        end(work(name, shell, wanted=wanted, watch=watch, allow_degraded=allow_degraded))


@verb()
@lab_name
@formats(ListFormat, ListFormat.TABLE)
def smoke(*, name: str | None, wanted: ListFormat) -> None:
    """Make an API, call it through the gateway until it is throttled, and remove it."""
    with carried_out() as shell:
        from lab.verbs.smoke import smoke as work  # noqa: PLC0415

        end(work(name, shell, wanted=wanted))


@verb()
@lab_name
@formats(ListFormat, ListFormat.TABLE)
def env(*, name: str | None, wanted: ListFormat) -> None:
    """Print published addresses and credentials, for scripts."""
    with carried_out() as shell:
        from lab.verbs.env import env as work  # noqa: PLC0415

        end(work(name, shell, wanted=wanted))


@verb()
@lab_name
@option(
    "--output",
    "-o",
    envvar="LAB_DUMP_OUTPUT",
    type=click.Path(path_type=Path),
    help="The archive to write.",
)
def dump(*, name: str | None, output: Path | None) -> None:
    """Write one archive for a bug report, without secrets."""
    with carried_out() as shell:
        from lab.verbs.dump import dump as work  # noqa: PLC0415

        end(work(name, output, shell))

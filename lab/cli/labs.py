"""The verbs that make labs, renew them and remove them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from lab.cli.carried_out import carried_out, end
from lab.cli.options import allow_degraded, choosing, formats, lab_name, timeout, timings
from lab.cli.verb import argument, option, verb
from lab.verbs.shell import Format


@verb()
@choosing
@timeout
@formats(Format, Format.TABLE, help="Report as.")
@allow_degraded
@timings
@option(
    "--timings-trace",
    "trace",
    envvar="LAB_TIMINGS_TRACE",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write it as a Chrome trace, too.",
)
@option(
    "--on",
    envvar="LAB_ON",
    type=click.Choice(["docker", "swarm"]),
    help="The one Docker Engine, or the swarm of `lab machines`; else the topology's choice.",
)
@option("--purpose", envvar="LAB_PURPOSE", hidden=True, default="person", help="person or test.")
def up(
    *,
    timeout: float | None,
    wanted: Format,
    allow_degraded: bool,
    timings: bool,
    trace: Path | None,
    on: str | None,
    purpose: str,
    **chosen: Any,
) -> None:
    """Bring the lab up, wait until every connection answers, and report."""
    with carried_out() as shell:
        from lab.verbs.beginning import begin  # noqa: PLC0415

        connecting = begin(shell.environ)
        from lab.verbs.planning import Choice  # noqa: PLC0415
        from lab.verbs.up import Request  # noqa: PLC0415
        from lab.verbs.up import up as work  # noqa: PLC0415

        request = Request(
            choice=Choice(**chosen),
            timeout=timeout,
            purpose=purpose,
            format=wanted,
            allow_degraded=allow_degraded,
            timings=timings,
            trace=trace,
            on=on or "",
        )
        end(work(request, shell, connecting))


@verb()
@argument(
    "names",
    envvar="LAB_NAME",
    nargs=-1,
    help="Labs; else the one of this folder.  [env var: LAB_NAME]",
)
@option("--all", "every", is_flag=True, help="Every lab on this engine.")
def down(*, names: Sequence[str], every: bool) -> None:
    """Remove every container, network and volume of the labs."""
    with carried_out() as shell:
        from lab.verbs.down import down as work  # noqa: PLC0415

        end(work(names, shell, every=every))


@verb()
@lab_name
@timeout
@formats(Format, Format.TABLE, help="Report as.")
@timings
@option("--databases", is_flag=True, help="The databases alone, while the nodes run on.")
def reset(
    *, name: str | None, timeout: float | None, wanted: Format, timings: bool, databases: bool
) -> None:
    """Give a used lab fresh databases and nodes, wait until it is healthy, and report."""
    with carried_out() as shell:
        from lab.verbs.reset import reset as work  # noqa: PLC0415
        from lab.verbs.reset import reset_only_databases  # noqa: PLC0415

        if databases:
            _refuse_junit()
            end(reset_only_databases(name, shell, wanted=wanted, timed=timings))
        end(work(name, shell, wanted=wanted, timeout=timeout, timed=timings))


def _refuse_junit() -> None:
    """Refuse a report that was asked for and that there is none of; a variable is for all verbs."""
    context = click.get_current_context()
    is_typed = context.get_parameter_source("wanted") is ParameterSource.COMMANDLINE
    if is_typed and context.params["wanted"] is Format.JUNIT:
        raise click.UsageError("--databases makes no report, so there is no JUnit of it")


@verb()
@argument("names", nargs=-1, help="Labs; else all on this engine.")
@option("--images", is_flag=True, help="Also images that no lab uses.")
def gc(*, names: Sequence[str], images: bool) -> None:
    """Remove what dead labs have left."""
    with carried_out() as shell:
        from lab.verbs.gc import gc as work  # noqa: PLC0415

        end(work(names, shell, images=images))

"""The verbs that work on topologies and configuration files, without Docker."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from lab.cli.carried_out import carried_out, end
from lab.cli.options import choice, choosing, formats, output_folder, product_version
from lab.cli.verb import argument, option, verb
from lab.verbs.shell import CheckFormat, FailOn, GraphFormat, ListFormat


@verb()
@choosing
@formats(ListFormat, ListFormat.TABLE)
def plan(*, wanted: ListFormat, **chosen: Any) -> None:
    """Say what would be created; needs no Docker."""
    with carried_out() as shell:
        from lab.verbs.plan import plan as work  # noqa: PLC0415
        from lab.verbs.planning import Choice  # noqa: PLC0415

        end(work(Choice(**chosen), shell, wanted=wanted))


@verb()
@choosing
@output_folder
def render(*, output: Path, **chosen: Any) -> None:
    """Write the lab's files alone; needs no Docker."""
    with carried_out() as shell:
        from lab.verbs.planning import Choice  # noqa: PLC0415
        from lab.verbs.render import render as work  # noqa: PLC0415

        end(work(Choice(**chosen), output, shell))


@verb()
@argument(
    "word",
    metavar="[NAME]",
    required=False,
    help="A topology, a folder of configuration, or a lab; else the lab or topology here.",
)
@option(
    "--output",
    "-o",
    envvar="LAB_GRAPH_OUTPUT",
    type=click.Path(path_type=Path),
    help="The file to write.",
)
@formats(GraphFormat, GraphFormat.SVG, help="Draw as.")
@option(
    "--verdicts/--no-verdicts",
    default=True,
    show_default=True,
    help="Colour it by verdict where the lab runs.",
)
def graph(*, word: str | None, output: Path | None, wanted: GraphFormat, verdicts: bool) -> None:
    """Draw the cluster and its links; needs no Docker."""
    with carried_out() as shell:
        from lab.verbs.graph import graph as work  # noqa: PLC0415

        end(work(word, output, shell, wanted=wanted, verdicts=verdicts))


@verb()
@argument(
    "paths",
    nargs=-1,
    help="Topologies, folders with a file a node, or such files; else the topology here.",
)
@formats(CheckFormat, CheckFormat.TABLE)
@choice(
    "--fail-on",
    of=FailOn,
    default=FailOn.ERROR,
    envvar="LAB_FAIL_ON",
    help="What makes it exit with 3.",
)
@option("--remarks", is_flag=True, help="Tell settings without effect, too.")
@option(
    "--ignore",
    multiple=True,
    metavar="CODE[:NODE]",
    help="Leave out a finding, or one node's; repeatable.",
)
@product_version("The version that files without a topology are for; a home says its own.")
def check(
    *,
    paths: Sequence[str],
    wanted: CheckFormat,
    fail_on: FailOn,
    remarks: bool,
    ignore: Sequence[str],
    release: str,
) -> None:
    """Check configuration files against each other; needs no Docker."""
    with carried_out() as shell:
        from lab.verbs.check import Wishes  # noqa: PLC0415
        from lab.verbs.check import check as work  # noqa: PLC0415

        wishes = Wishes(remarks=remarks, ignored=tuple(ignore), release=release)
        end(work(paths, shell, wishes, wanted=wanted, fail_on=fail_on))


@verb("import")
@argument(
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="A folder with a configuration file a node.",
)
@option(
    "--output",
    "-o",
    envvar="LAB_IMPORT_OUTPUT",
    type=click.Path(path_type=Path),
    required=True,
    help="The topology to write.",
)
@product_version("The version that the files are for; else what homes or XML files say, or 4.1.0.")
@option(
    "--role",
    "roles",
    multiple=True,
    metavar="NODE=ROLE",
    help="A role that the files don't tell; repeatable.",
)
@formats(ListFormat, ListFormat.TABLE)
def import_(
    *, folder: Path, output: Path, release: str, roles: Sequence[str], wanted: ListFormat
) -> None:
    """Make a topology of somebody's configuration files; needs no Docker."""
    with carried_out() as shell:
        from lab.verbs.importing import import_ as work  # noqa: PLC0415

        end(work(folder, output, shell, release=release, roles=roles, wanted=wanted))

"""The words of the command line: each verb parsed here, and carried out in a module of its own.

Nothing of the lab is imported before a verb is chosen, so that `lab --help` answers at once.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from lab.verbs.shell import CheckFormat, FailOn, Format, GraphFormat, ListFormat, Shell

app = typer.Typer(
    name="lab",
    help="Bring up a WSO2 API Manager cluster on this machine and prove that it is wired right.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Topology = Annotated[
    str | None,
    typer.Argument(
        envvar="LAB_TOPOLOGY",
        help="A topology file or the name of a ready-made one; else the one in this folder.",
    ),
]
LabName = Annotated[
    str | None, typer.Argument(envvar="LAB_NAME", help="A lab; else the one of this folder.")
]
Name = Annotated[
    str | None, typer.Option("--name", envvar="LAB_NAME", help="The lab's name; else the file's.")
]
OfLab = Annotated[
    str | None,
    typer.Option("--name", envvar="LAB_NAME", help="A lab; else the one of this folder."),
]
Nodes = Annotated[
    str | None,
    typer.Option(
        "--nodes",
        envvar="LAB_NODES",
        help="What runs as a node: stand-in, home:PATH, zip:PATH or image:REF.",
        metavar="KIND",
    ),
]
Driver = Annotated[
    str | None,
    typer.Option(
        "--driver",
        envvar="LAB_DRIVER",
        metavar="JAR",
        help="MySQL's JDBC driver for real nodes: a jar, or group:artifact:version for mvn.",
    ),
]
Jdk = Annotated[
    str | None,
    typer.Option("--jdk", envvar="LAB_JDK", metavar="IMAGE", help="Where real nodes' JDK is from."),
]
QuickStart = Annotated[
    bool,
    typer.Option(
        "--quick-start/--no-quick-start",
        envvar="LAB_QUICK_START",
        help="Start real nodes quickly, at the cost of steady speed and of checks.",
    ),
]
MavenUrl = Annotated[
    str | None,
    typer.Option("--maven-url", envvar="LAB_MAVEN_URL", help="A Maven repository; else mvn's own."),
]
Dbscripts = Annotated[
    Path | None,
    typer.Option(
        "--dbscripts",
        envvar="LAB_DBSCRIPTS",
        exists=True,
        file_okay=False,
        help="A folder of WSO2 dbscripts; else the nodes' own.",
    ),
]
Reported = Annotated[Format, typer.Option("--format", envvar="LAB_FORMAT", help="Report as.")]
Told = Annotated[ListFormat, typer.Option("--format", envvar="LAB_FORMAT", help="Tell as.")]
AllowDegraded = Annotated[
    bool,
    typer.Option("--allow-degraded", envvar="LAB_ALLOW_DEGRADED", help="A degraded lab is fine."),
]
Node = Annotated[str, typer.Argument(help="A node, balancer or database server of the lab.")]


@app.callback()
def options(
    *,
    debug: Annotated[
        bool, typer.Option("--debug", envvar="LAB_DEBUG", help="Show tracebacks of errors.")
    ] = False,
) -> None:
    """Bring up a WSO2 API Manager cluster on this machine and prove that it is wired right."""
    _Debugging.wanted = debug


class _Debugging:
    """Whether an error shows its traceback; set once, before any verb."""

    wanted = False


@app.command()
def up(
    *,
    topology: Topology = None,
    name: Name = None,
    nodes: Nodes = None,
    dbscripts: Dbscripts = None,
    driver: Driver = None,
    jdk: Jdk = None,
    quick_start: QuickStart = True,
    maven_url: MavenUrl = None,
    timeout: Annotated[
        float | None,
        typer.Option("--timeout", envvar="LAB_TIMEOUT", min=0.1, help="Seconds to wait at most."),
    ] = None,
    wanted: Reported = Format.TABLE,
    allow_degraded: AllowDegraded = False,
    timings: Annotated[
        bool, typer.Option("--timings", envvar="LAB_TIMINGS", help="Tell where the time went.")
    ] = False,
    trace: Annotated[
        Path | None,
        typer.Option(
            "--timings-trace",
            envvar="LAB_TIMINGS_TRACE",
            metavar="FILE",
            help="Write it as a Chrome trace, too.",
        ),
    ] = None,
    purpose: Annotated[
        str, typer.Option(envvar="LAB_PURPOSE", hidden=True, help="person or test.")
    ] = "person",
) -> None:
    """Bring the lab up, wait until every connection answers, and report."""
    with _carried_out() as shell:
        from lab.verbs.planning import Choice  # noqa: PLC0415
        from lab.verbs.up import Request  # noqa: PLC0415
        from lab.verbs.up import up as verb  # noqa: PLC0415

        choice = Choice(topology, name, nodes, dbscripts, driver, jdk, quick_start, maven_url)
        request = Request(
            choice=choice,
            timeout=timeout,
            purpose=purpose,
            format=wanted,
            allow_degraded=allow_degraded,
            timings=timings,
            trace=trace,
        )
        _end(verb(request, shell))


@app.command()
def down(
    *,
    names: Annotated[
        list[str] | None,
        typer.Argument(envvar="LAB_NAME", help="Labs; else the one of this folder."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every lab on this engine.")] = False,
) -> None:
    """Remove every container, network and volume of the labs."""
    with _carried_out() as shell:
        from lab.verbs.down import down as verb  # noqa: PLC0415

        _end(verb(names or (), shell, every=every))


@app.command("list")
def list_(*, wanted: Told = ListFormat.TABLE) -> None:
    """List the labs on this engine, with their verdicts."""
    with _carried_out() as shell:
        from lab.verbs.list import list_labs as verb  # noqa: PLC0415

        _end(verb(shell, wanted=wanted))


@app.command()
def status(
    *,
    name: LabName = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Keep looking; report each change.")
    ] = False,
    wanted: Reported = Format.TABLE,
    allow_degraded: AllowDegraded = False,
) -> None:
    """Probe every connection once, at this moment, and report."""
    with _carried_out() as shell:
        from lab.verbs.status import status as verb  # noqa: PLC0415

        _end(verb(name, shell, wanted=wanted, watch=watch, allow_degraded=allow_degraded))


@app.command()
def plan(
    *,
    topology: Topology = None,
    name: Name = None,
    nodes: Nodes = None,
    dbscripts: Dbscripts = None,
    driver: Driver = None,
    jdk: Jdk = None,
    quick_start: QuickStart = True,
    maven_url: MavenUrl = None,
    wanted: Told = ListFormat.TABLE,
) -> None:
    """Say what would be created; needs no Docker."""
    with _carried_out() as shell:
        from lab.verbs.plan import plan as verb  # noqa: PLC0415
        from lab.verbs.planning import Choice  # noqa: PLC0415

        choice = Choice(topology, name, nodes, dbscripts, driver, jdk, quick_start, maven_url)
        _end(verb(choice, shell, wanted=wanted))


@app.command()
def render(
    *,
    topology: Topology = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", envvar="LAB_OUTPUT", help="The folder to write.")
    ],
    name: Name = None,
    nodes: Nodes = None,
    dbscripts: Dbscripts = None,
    driver: Driver = None,
    jdk: Jdk = None,
    quick_start: QuickStart = True,
    maven_url: MavenUrl = None,
) -> None:
    """Write the lab's files alone; needs no Docker."""
    with _carried_out() as shell:
        from lab.verbs.planning import Choice  # noqa: PLC0415
        from lab.verbs.render import render as verb  # noqa: PLC0415

        choice = Choice(topology, name, nodes, dbscripts, driver, jdk, quick_start, maven_url)
        _end(verb(choice, output, shell))


@app.command()
def graph(
    *,
    word: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="A topology, a folder of configuration, or a lab; else the lab or topology here.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", envvar="LAB_OUTPUT", help="The file to write."),
    ] = None,
    wanted: Annotated[
        GraphFormat, typer.Option("--format", envvar="LAB_FORMAT", help="Draw as.")
    ] = GraphFormat.SVG,
    verdicts: Annotated[bool, typer.Option(help="Colour it by verdict where the lab runs.")] = True,
) -> None:
    """Draw the cluster and its links; needs no Docker."""
    with _carried_out() as shell:
        from lab.verbs.graph import graph as verb  # noqa: PLC0415

        _end(verb(word, output, shell, wanted=wanted, verdicts=verdicts))


@app.command()
def check(
    *,
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            help="Topologies, folders with a file a node, or such files; else the topology here."
        ),
    ] = None,
    wanted: Annotated[
        CheckFormat, typer.Option("--format", envvar="LAB_FORMAT", help="Tell as.")
    ] = CheckFormat.TABLE,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", envvar="LAB_FAIL_ON", help="What makes it exit with 3.")
    ] = FailOn.ERROR,
    remarks: Annotated[
        bool, typer.Option("--remarks", help="Tell settings without effect, too.")
    ] = False,
    ignore: Annotated[
        list[str] | None,
        typer.Option(
            "--ignore",
            metavar="CODE[:NODE]",
            help="Leave out a finding, or one node's; repeatable.",
        ),
    ] = None,
    release: Annotated[
        str,
        typer.Option(
            "--product-version",
            envvar="LAB_PRODUCT_VERSION",
            metavar="VERSION",
            help="The version that files without a topology are for.",
        ),
    ] = "",
) -> None:
    """Check configuration files against each other; needs no Docker."""
    with _carried_out() as shell:
        from lab.verbs.check import Wishes  # noqa: PLC0415
        from lab.verbs.check import check as verb  # noqa: PLC0415

        wishes = Wishes(remarks=remarks, ignored=tuple(ignore or ()), release=release)
        _end(verb(paths or (), shell, wishes, wanted=wanted, fail_on=fail_on))


@app.command("import")
def import_(
    *,
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A folder with a configuration file a node.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", envvar="LAB_OUTPUT", help="The topology to write.")
    ],
    release: Annotated[
        str,
        typer.Option(
            "--product-version",
            envvar="LAB_PRODUCT_VERSION",
            metavar="VERSION",
            help="The version that the files are for.",
        ),
    ] = "4.1.0",
    roles: Annotated[
        list[str] | None,
        typer.Option(
            "--role", metavar="NODE=ROLE", help="A role that the files don't tell; repeatable."
        ),
    ] = None,
    wanted: Told = ListFormat.TABLE,
) -> None:
    """Make a topology of somebody's configuration files; needs no Docker."""
    with _carried_out() as shell:
        from lab.verbs.importing import import_ as verb  # noqa: PLC0415

        _end(verb(folder, output, shell, release=release, roles=roles or (), wanted=wanted))


@app.command()
def logs(
    *,
    node: Node,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Keep printing.")] = False,
    name: OfLab = None,
) -> None:
    """Print a node's log."""
    with _carried_out() as shell:
        from lab.verbs.nodes import logs as verb  # noqa: PLC0415

        _end(verb(node, name, shell, follow=follow))


@app.command("exec", context_settings={"ignore_unknown_options": True})
def exec_(
    *,
    node: Node,
    words: Annotated[list[str], typer.Argument(metavar="-- CMD...", help="The command.")],
    name: OfLab = None,
) -> None:
    """Run a command in a node's container."""
    with _carried_out() as shell:
        from lab.verbs.nodes import execute as verb  # noqa: PLC0415

        _end(verb(node, words, name, shell))


@app.command()
def stop(*, node: Node, name: OfLab = None) -> None:
    """Stop a node."""
    with _carried_out() as shell:
        from lab.verbs.nodes import stop as verb  # noqa: PLC0415

        _end(verb(node, name, shell))


@app.command()
def start(*, node: Node, name: OfLab = None) -> None:
    """Start a node again, with its files as they lie in the lab's folder."""
    with _carried_out() as shell:
        from lab.verbs.nodes import start as verb  # noqa: PLC0415

        _end(verb(node, name, shell))


@app.command("fault", context_settings={"ignore_unknown_options": True})
def fault_(
    *,
    action: Annotated[
        str,
        typer.Argument(
            metavar="KIND",
            help="cut, refuse, isolate, slow, pause, kill, stop, certificate or password;"
            " list; heal.",
        ),
    ],
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NODE [NODE[:PORT]]] [-- CMD...]",
            help="Whom it is about, or a link's id; a command, at whose end the fault is healed.",
        ),
    ] = None,
    delay: Annotated[
        int, typer.Option("--by", metavar="MS", min=1, help="How late `slow` answers come.")
    ] = 1000,
    name: OfLab = None,
    wanted: Told = ListFormat.TABLE,
) -> None:
    """Put a fault into a lab, for a command's time or until it is healed; list or heal faults."""
    with _carried_out() as shell:
        from lab.verbs.fault import Wanted  # noqa: PLC0415
        from lab.verbs.fault import fault as verb  # noqa: PLC0415

        asked = Wanted(action, tuple(words or ()), delay)
        _end(verb(asked, name, shell, format_=wanted))


@app.command()
def reset(
    *,
    name: LabName = None,
    timeout: Annotated[
        float | None,
        typer.Option("--timeout", envvar="LAB_TIMEOUT", min=0.1, help="Seconds to wait at most."),
    ] = None,
    wanted: Reported = Format.TABLE,
    timings: Annotated[
        bool, typer.Option("--timings", envvar="LAB_TIMINGS", help="Tell where the time went.")
    ] = False,
) -> None:
    """Give a used lab fresh databases and nodes, wait until it is healthy, and report."""
    with _carried_out() as shell:
        from lab.verbs.reset import reset as verb  # noqa: PLC0415

        _end(verb(name, shell, wanted=wanted, timeout=timeout, timed=timings))


@app.command()
def env(*, name: LabName = None, wanted: Told = ListFormat.TABLE) -> None:
    """Print published addresses and credentials, for scripts."""
    with _carried_out() as shell:
        from lab.verbs.env import env as verb  # noqa: PLC0415

        _end(verb(name, shell, wanted=wanted))


@app.command()
def dump(
    *,
    name: LabName = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The archive to write.")
    ] = None,
) -> None:
    """Write one archive for a bug report, without secrets."""
    with _carried_out() as shell:
        from lab.verbs.dump import dump as verb  # noqa: PLC0415

        _end(verb(name, output, shell))


@app.command()
def gc(
    *,
    names: Annotated[
        list[str] | None, typer.Argument(help="Labs; else all on this engine.")
    ] = None,
    images: Annotated[bool, typer.Option("--images", help="Also images that no lab uses.")] = False,
) -> None:
    """Remove what dead labs have left."""
    with _carried_out() as shell:
        from lab.verbs.gc import gc as verb  # noqa: PLC0415

        _end(verb(names or (), shell, images=images))


def main() -> None:
    """Run the command line."""
    app()


@contextmanager
def _carried_out() -> Iterator[Shell]:
    """Give the caller's side to a verb, and tell its errors in three lines each."""
    from lab.errors import LabError  # noqa: PLC0415
    from lab.verbs.interrupts import ending_like_ctrl_c  # noqa: PLC0415

    try:
        with ending_like_ctrl_c():
            yield Shell(Path.cwd(), os.environ, sys.stdout, sys.stderr)
    except LabError as error:
        if _Debugging.wanted:
            raise
        for problem in error.problems:
            print(problem, file=sys.stderr)  # noqa: T201  # the one place that tells errors
        raise typer.Exit(error.exit_code) from error


def _end(code: int) -> NoReturn:
    raise typer.Exit(code)

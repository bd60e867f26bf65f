"""The arguments and options that several verbs share."""

from enum import StrEnum
from pathlib import Path
from typing import Any

import click

from lab.cli.verb import Decorator, Function, argument, option
from lab.verbs.shell import CheckFormat, Format, GraphFormat, ListFormat

_FORMATS = {one.value for each in (Format, ListFormat, CheckFormat, GraphFormat) for one in each}

lab_name = argument(
    "name",
    envvar="LAB_NAME",
    required=False,
    help="A lab; else the one of this folder.  [env var: LAB_NAME]",
)
of_lab = option("--name", envvar="LAB_NAME", help="A lab; else the one of this folder.")
node = argument("node", help="A node, balancer or database server of the lab.")
timeout = option(
    "--timeout",
    envvar="LAB_TIMEOUT",
    type=click.FloatRange(min=0.1),
    metavar="SECONDS",
    help="Seconds to wait at most.",
)
timings = option("--timings", envvar="LAB_TIMINGS", is_flag=True, help="Tell where the time went.")
allow_degraded = option(
    "--allow-degraded", envvar="LAB_ALLOW_DEGRADED", is_flag=True, help="A degraded lab is fine."
)
output_folder = option(
    "--output",
    "-o",
    envvar="LAB_RENDER_OUTPUT",
    type=click.Path(path_type=Path),
    required=True,
    help="The folder to write.",
)

_CHOICE = (
    argument(
        "topology",
        envvar="LAB_TOPOLOGY",
        required=False,
        help="A topology file or the name of a ready-made one; else the one in this folder."
        "  [env var: LAB_TOPOLOGY]",
    ),
    option("--name", envvar="LAB_NAME", help="The lab's name; else the file's."),
    option(
        "--nodes",
        envvar="LAB_NODES",
        metavar="KIND",
        help="What runs as a node: stand-in, home:PATH, zip:PATH or image:REF.",
    ),
    option(
        "--dbscripts",
        envvar="LAB_DBSCRIPTS",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        metavar="DIR",
        help="A folder of WSO2 dbscripts; else the nodes' own.",
    ),
    option(
        "--driver",
        envvar="LAB_DRIVER",
        metavar="JAR",
        help="MySQL's JDBC driver for real nodes: a jar, or group:artifact:version for mvn.",
    ),
    option("--jdk", envvar="LAB_JDK", metavar="IMAGE", help="Where real nodes' JDK is from."),
    option(
        "--quick-start/--no-quick-start",
        envvar="LAB_QUICK_START",
        default=True,
        show_default=True,
        help="Start real nodes quickly, at the cost of steady speed and of checks.",
    ),
    option(
        "--maven-url",
        envvar="LAB_MAVEN_URL",
        metavar="URL",
        help="A Maven repository; else mvn's own.",
    ),
)


def choosing(function: Function) -> Function:
    """Take what `lab.verbs.planning.Choice` is made of: a topology and what is said over it."""
    for each in reversed(_CHOICE):
        function = each(function)
    return function


class _Format(click.Option):
    """An option whose variable is exported for all verbs: a format of others is passed over."""

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        """Give the variable's value; None where only other verbs know it."""
        value = super().resolve_envvar_value(ctx)
        own = self.type.choices if isinstance(self.type, click.Choice) else ()
        return None if value in _FORMATS and value not in own else value


def formats(of: type[StrEnum], default: StrEnum, help: str = "Tell as.") -> Decorator:  # noqa: A002  # as click's
    """Take `--format`, one of *of*, as the parameter `wanted`."""
    settings = {"cls": _Format, "envvar": "LAB_FORMAT", "help": help}
    return choice("--format", "wanted", of=of, default=default, **settings)


def choice(*declared: str, of: type[StrEnum], default: StrEnum, **settings: Any) -> Decorator:
    """Take an option whose values are those of an enumeration."""
    words = [each.value for each in of]
    return option(
        *declared,
        type=click.Choice(words),
        default=default.value,
        show_default=True,
        callback=lambda _context, _option, word: of(word),
        **settings,
    )


def product_version(help: str) -> Decorator:  # noqa: A002  # as click's
    """Take the version of a product as the parameter `release`."""
    return option(
        "--product-version",
        "release",
        envvar="LAB_PRODUCT_VERSION",
        metavar="VERSION",
        default="",
        help=help,
    )

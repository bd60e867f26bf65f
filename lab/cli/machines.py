"""The verbs about the machines of a swarm."""

import click

from lab.cli.carried_out import carried_out, end
from lab.cli.options import formats
from lab.cli.verb import InOrder, argument
from lab.verbs.shell import ListFormat


@click.group(cls=InOrder, no_args_is_help=True)
def machines() -> None:
    """Name the machines of a Docker Swarm that labs may run on."""


@machines.command()
@argument("name", help="What the lab calls the machine.")
@click.option("--host", default="", metavar="URL", help="Its engine: ssh://USER@HOST, tcp://….")
@click.option("--context", default="", metavar="NAME", help="The docker context that leads there.")
def add(*, name: str, host: str, context: str) -> None:
    """Name a machine by its engine's URL or by a docker context."""
    with carried_out() as shell:
        from lab.launch.swarm.machines import Machine  # noqa: PLC0415
        from lab.verbs.machines import add as work  # noqa: PLC0415

        end(work(Machine(name, host, context), shell))


@machines.command("list")
@formats(ListFormat, ListFormat.TABLE)
def list_(*, wanted: ListFormat) -> None:
    """Look at every machine: engine, memory, swarm, and what is missing."""
    with carried_out() as shell:
        from lab.verbs.machines import list_machines as work  # noqa: PLC0415

        end(work(shell, wanted=wanted))


@machines.command()
@argument("name", help="The machine's name.")
def remove(*, name: str) -> None:
    """Forget a machine; nothing on it changes."""
    with carried_out() as shell:
        from lab.verbs.machines import remove as work  # noqa: PLC0415

        end(work(name, shell))


@machines.command()
@argument("address", required=False, help="HOST[:PORT][/FOLDER]; without it: tell which.")
@click.option("--none", "forget", is_flag=True, help="Send images from engine to engine again.")
def registry(*, address: str | None, forget: bool) -> None:
    """Let images go through a registry to the machines."""
    with carried_out() as shell:
        from lab.verbs.machines import registry as work  # noqa: PLC0415

        end(work("" if forget else address, shell))

"""The words of the command line: each verb parsed here, and carried out in a module of its own.

Nothing of the lab is imported before a verb is chosen, so that `lab --help` answers at once.
"""

import gc

import click

from lab.cli import files, labs, members, telling
from lab.cli.carried_out import Debugging
from lab.cli.machines import machines
from lab.cli.verb import InOrder, option

# In the order of the help: a lab's making first, then its files, its members, what is told of it.
_VERBS = (
    labs.up,
    labs.down,
    telling.list_,
    telling.status,
    files.plan,
    files.render,
    files.graph,
    files.check,
    files.import_,
    members.logs,
    members.exec_,
    members.stop,
    members.start,
    members.fault,
    labs.reset,
    telling.smoke,
    telling.env,
    telling.dump,
    labs.gc,
    machines,
)


@click.group(
    name="lab",
    cls=InOrder,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="apim-lab", prog_name="lab", message="%(prog)s %(version)s")
@option("--debug", is_flag=True, envvar="LAB_DEBUG", help="Show tracebacks of errors.")
def app(*, debug: bool) -> None:
    """Bring up a WSO2 API Manager cluster on this machine and prove that it is wired right."""
    Debugging.wanted = debug


for _verb in _VERBS:
    app.add_command(_verb)


def main() -> None:
    """Run the command line; raises `SystemExit`."""
    # A verb's modules make many thousand objects, and all of them stay: looking for garbage among
    # them again and again would be a tenth of the time until the verb begins.
    gc.set_threshold(50_000)
    app()

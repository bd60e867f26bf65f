"""How verbs are declared: every option's variable is told, and the help keeps its order."""

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, TypeVar

import click

Function = TypeVar("Function", bound=Callable[..., Any])


class Decorator(Protocol):
    """What gives a function one more parameter, and leaves its type as it is."""

    def __call__(self, function: Function, /) -> Function:
        """Decorate it."""


verb = click.command
argument = click.argument
option = partial(click.option, show_envvar=True)


class BeforeCommand(click.Command):
    """A verb whose own words end at `--`; what follows is a command, its parameter `command`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the words before `--` for the verb's."""
        end = args.index("--") if "--" in args else len(args)
        rest = super().parse_args(ctx, args[:end])
        ctx.params["command"] = tuple(args[end + 1 :])
        return rest


class InOrder(click.Group):
    """A group whose help keeps the order in which its verbs were added."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's own name
        """Give the verbs' names."""
        return list(self.commands)

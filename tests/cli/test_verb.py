"""How verbs are declared: where a verb's own words end."""

import click
import pytest
from click.testing import CliRunner

from lab.cli.verb import BeforeCommand


@click.command(cls=BeforeCommand)
@click.argument("words", nargs=-1)
@click.option("--by", type=int, default=0)
def put(*, words: tuple[str, ...], command: tuple[str, ...], by: int) -> None:
    click.echo(f"{' '.join(words)}|{' '.join(command)}|{by}")


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("cut gw cp", "cut gw cp||0"),
        ("cut gw cp -- pytest -x --by 3", "cut gw cp|pytest -x --by 3|0"),
        ("cut --by 2 gw cp -- run -- it", "cut gw cp|run -- it|2"),
        ("cut gw --", "cut gw||0"),
    ],
)
def test_what_follows_two_dashes_is_the_command(typed: str, taken: str) -> None:
    assert CliRunner().invoke(put, typed.split()).output.strip() == taken


def test_an_option_that_the_verb_lacks_is_refused() -> None:
    ran = CliRunner().invoke(put, ["cut", "--delay", "3"])
    assert (ran.exit_code, "No such option" in ran.output) == (2, True)

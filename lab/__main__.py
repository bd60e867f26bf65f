"""Lets `python -m lab` do what `lab` does."""

from lab.cli.program import run

run()

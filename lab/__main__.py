"""Lets `python -m lab` do what `lab` does."""

from lab.cli import main

main()

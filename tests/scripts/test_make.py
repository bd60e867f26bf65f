"""The Makefile: it documents itself, stays short and only calls."""

import os
import re
import subprocess
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
MAKEFILE = (CHECKOUT / "Makefile").read_text(encoding="utf-8")


def test_make_alone_lists_every_target_with_what_it_does() -> None:
    # The tests themselves are called by make, and a make in a make says so on stdout.
    outside = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    shown = subprocess.run(
        ["make"], cwd=CHECKOUT, env=outside, capture_output=True, text=True, check=True
    )
    (targets,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    lines = [line.split(maxsplit=2) for line in shown.stdout.splitlines()]
    assert [target for _, target, _ in lines] == targets.split()


def test_the_makefile_is_short_and_has_no_logic_of_its_own() -> None:
    recipes = [line for line in MAKEFILE.splitlines() if line.startswith("\t")]
    assert len(MAKEFILE.splitlines()) <= 60
    assert [line for line in recipes if re.search(r"\bif\b|\bfor\b|&&|\|\||;", line)] == []

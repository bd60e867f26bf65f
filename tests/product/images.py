"""The images of a test's distribution: made for one module, and gone after it."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from lab.launch.builds import build
from lab.launch.contexts import Context
from lab.launch.engine import Engine
from lab.launch.recipes import read_recipe
from lab.launch.sources import Sources

MADE = ("apim-lab/node", "apim-lab/home")  # the second is below the first


def docker(*words: str) -> str:
    return subprocess.run(["docker", *words], check=True, capture_output=True, text=True).stdout


@contextmanager
def nothing_kept(*tags: str) -> Iterator[None]:
    """Remove these images at the end, and those that the lab has made of distributions."""
    before = _made()
    yield
    for tag in (*_made(), *tags):
        if tag not in before:
            docker("rmi", tag)


def _made() -> list[str]:
    named = ("images", "--format", "{{.Repository}}:{{.Tag}}")
    return [tag for name in MADE for tag in docker(*named, name).split()]


def stand_in() -> str:
    """Give the image of stand-ins, made where it isn't here: a test's JDK runs one."""
    _, base = read_recipe("base")
    context = Context("stand-in", base)
    with Engine.connect() as engine:
        if engine.image(context.tag) is None:
            Sources(engine, print).ensure("base")
            build(context, context.tag, engine.facts.architecture, print)
    return context.tag

"""The JDK under a product: an image that has one, and the proof that the version takes it."""

import re
from dataclasses import dataclass

from lab.errors import EngineError, Problem
from lab.launch.engine import Engine
from lab.launch.sources import Sources
from lab.plan.model import Plan
from lab.products.releases import PRODUCTS

# What JAVA_HOME names, else the first `java` on the PATH, else Debian's place; then its words.
_FIND = """
java="${JAVA_HOME:+$JAVA_HOME/bin/java}"
[ -x "$java" ] || java=$(command -v java)
[ -x "$java" ] || java=$(ls /usr/lib/jvm/*/bin/java 2>/dev/null | head -n 1)
[ -x "$java" ] || exit 1
[ -x "$JAVA_HOME/bin/java" ] || java=$(readlink -f "$java")
echo "${java%/bin/java}"
"$java" -version 2>&1
"""
_VERSION = re.compile(r'version "(?:1\.)?(\d+)')


@dataclass(frozen=True, slots=True)
class Jdk:
    """Where a JDK lies in an image, and which one it is."""

    home: str
    version: int


def jdk_image(plan: Plan, sources: Sources) -> str:
    """Give the image that the JDK comes from: the one asked for, else the lab's own."""
    if plan.java.image:
        return sources.bring(plan.java.image)
    major = PRODUCTS[plan.product][plan.version].jdk.image.partition(".")[0]
    return sources.ensure(f"jdk-{major}")


def jdk_in(engine: Engine, container: str, image: str, plan: Plan) -> Jdk:
    """Find the JDK in a running container; raises `EngineError` when it is none for the version."""
    ran = engine.run(container, ("sh", "-c", _FIND))
    home, _, said = ran.stdout.decode(errors="replace").partition("\n")
    found = _VERSION.search(said)
    wanted = PRODUCTS[plan.product][plan.version].jdk
    allowed = f"JDK {wanted.oldest} to {wanted.newest}"
    if ran.exit_code != 0 or found is None:
        raise EngineError(
            Problem(
                "the image has no JDK that runs",
                f"image {image}",
                f"name an image with {allowed} (`--jdk`), or none for the lab's own",
            )
        )
    version = int(found.group(1))
    if not wanted.oldest <= version <= wanted.newest:
        raise EngineError(
            Problem(
                f"JDK {version}: {plan.product} {plan.version} runs on {allowed}",
                f"image {image}",
                f"name an image with {allowed} (`--jdk`), or none for the lab's own",
            )
        )
    return Jdk(home, version)

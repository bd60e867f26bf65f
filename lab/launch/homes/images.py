"""Gives each real node its image: found, or made side by side out of its distribution."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from lab.distributions.entry import Distribution
from lab.distributions.find import IMAGE
from lab.launch.engine import Engine
from lab.launch.homes.driver import find_driver
from lab.launch.homes.jdk import jdk_image
from lab.launch.homes.layers import Homes
from lab.launch.homes.product_image import with_driver
from lab.launch.labels import Ownership
from lab.launch.sources import Sources
from lab.plan.model import Plan

_AT_ONCE = 4


def real_images(
    engine: Engine,
    plan: Plan,
    homes: Mapping[str, Distribution],
    owner: Ownership,
    sources: Sources,
) -> Mapping[str, str]:
    """Give the image of each real node by its name; nothing is made of what is here."""
    made = Homes(engine, plan, owner, sources.progress)
    drivers = {
        one.where: find_driver(plan.java, one, sources.progress, plan.node(name).line)
        for name, one in {each.where: (name, each) for name, each in homes.items()}.values()
    }
    needs_jdk = any(plan.node(name).kind != IMAGE for name in homes)
    jdk = jdk_image(plan, sources) if needs_jdk else ""

    def image_of(name: str, one: Distribution) -> str:
        node, driver = plan.node(name), drivers[one.where]
        if node.kind == IMAGE:
            return with_driver(engine, node, driver, owner)
        return made.ensure(node, one, jdk, driver)

    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="homes") as pool:
        futures = {name: pool.submit(image_of, name, one) for name, one in homes.items()}
        return {name: future.result() for name, future in futures.items()}

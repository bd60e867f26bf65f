"""Makes sure that every image a lab starts from is here; on a warm machine it only looks."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

from lab.launch.contexts import Context
from lab.launch.dbscripts import Dbscript
from lab.launch.definitions import PROBER, Images
from lab.launch.engine import Engine
from lab.launch.homes.images import real_images
from lab.launch.homes.need import check_real_nodes
from lab.launch.labels import LAB, OWNER, PART, Ownership, Part
from lab.launch.recipes import read_recipe
from lab.launch.refusals import GoneError
from lab.launch.scripts_of import scripts_of
from lab.launch.sources import Sources
from lab.launch.templates import ensure_template
from lab.plan.model import Plan, PlannedServer

Progress = Callable[[str], None]

BALANCER = "haproxy"


def ensure_images(
    engine: Engine, plan: Plan, owner: Ownership, progress: Progress, *, runs_here: bool = True
) -> Images:
    """Give every image of a lab: found, or else pulled or built, side by side.

    *runs_here* tells that the lab is to run on this engine, and not on machines of a swarm.
    Raises `EngineError` when an image can't be had, `DatabaseError` when a dbscript fails.
    """
    # Read first: what isn't there should not be told after minutes of building.
    homes = check_real_nodes(engine, plan, runs_here=runs_here)
    scripts = {server.name: scripts_of(plan, server) for server in plan.servers}
    sources = Sources(engine, progress)
    stand_ins = ("stand-in",) if len(plan.real_nodes) < len(plan.nodes) else ()
    with ThreadPoolExecutor(8, thread_name_prefix="images") as pool:
        servers = {
            server.name: pool.submit(
                _server_image, engine, server, scripts[server.name], owner, sources
            )
            for server in plan.servers
        }
        balancer = (
            pool.submit(sources.ensure, BALANCER) if plan.balancers or plan.is_closed else None
        )
        real = pool.submit(real_images, engine, plan, homes, owner, sources)
        try:
            built = _built(engine, (*stand_ins, PROBER), sources, pool, progress)
            nodes = real.result()
            return Images(
                prober=built[PROBER],
                nodes={node.name: nodes.get(node.name) or built[node.kind] for node in plan.nodes},
                servers={name: image.result() for name, image in servers.items()},
                balancer=balancer.result() if balancer else "",
            )
        except BaseException:
            # The pool waits for its threads: whoever gave up should not wait for what they make.
            sources.break_off()
            _remove_builders(engine, owner)
            raise


def _remove_builders(engine: Engine, owner: Ownership) -> None:
    mine = {PART: str(Part.BUILDER), OWNER: str(owner.owner)}
    for container in engine.containers(f"{LAB}={owner.lab}"):
        if mine.items() <= container.labels.items():
            with suppress(GoneError):
                engine.remove(container.id)


def _built(
    engine: Engine,
    names: tuple[str, ...],
    sources: Sources,
    pool: ThreadPoolExecutor,
    progress: Progress,
) -> dict[str, str]:
    _, base = read_recipe("base")
    contexts = {name: Context(name, base) for name in names}
    tags = {name: context.tag for name, context in contexts.items()}
    missing = [name for name, tag in tags.items() if engine.image(tag) is None]
    if missing:
        from lab.launch.builds import build  # noqa: PLC0415  # heavy, and seldom needed

        sources.ensure("base")
        builds: list[Future[None]] = []
        for name in missing:
            progress(f"image {name}: building")
            architecture = engine.facts.architecture
            builds.append(pool.submit(build, contexts[name], tags[name], architecture, progress))
        for each in builds:
            each.result()
    return tags


def _server_image(
    engine: Engine,
    server: PlannedServer,
    scripts: Mapping[str, Dbscript],
    owner: Ownership,
    sources: Sources,
) -> str:
    image = sources.ensure("mysql")
    return ensure_template(engine, server, image, scripts, owner=owner, progress=sources.progress)

"""Creates a lab on an engine: its name first, then everything side by side, or nothing."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from lab.errors import Problem
from lab.launch.cluster import PORT_TRIES, Cluster
from lab.launch.creation import Creation, results
from lab.launch.definitions import ENTERS, SIDECARS, prober_definition
from lab.launch.engine import Engine
from lab.launch.files import write_environment
from lab.launch.images import ensure_images
from lab.launch.labels import Ownership, Purpose
from lab.launch.lease import NameHeldError, clear_name
from lab.launch.ownership import Owner, this_process
from lab.launch.ports import Ports, choose_ports, other_ports, publishing, write_ports
from lab.launch.refusals import NameTakenError, PortTakenError
from lab.launch.seen import Definition
from lab.launch.standing import Standing
from lab.plan.model import Plan

Progress = Callable[[str], None]


def create_cluster(
    engine: Engine,
    plan: Plan,
    folder: Path,
    *,
    purpose: str = Purpose.PERSON,
    progress: Progress,
    write: Callable[[], object] = lambda: None,
    meanwhile: Callable[[], object] = lambda: None,
    prober: str = "",
    start: bool = False,
    maker: Owner | None = None,
) -> Cluster:
    """Create a lab's network and containers, with the files of *folder* in them.

    *write* writes the files, if they aren't there: called once the engine has its work, as the
    first containers take it as long. *meanwhile* is called after it. What they raise ends the
    creation. Nothing is started; with *start* the prober and the database servers are, each as
    soon as it exists.
    *prober* forces how nodes are probed: `prober` or `sidecars`. *maker* is the process with which
    the lab ends, else this one. Raises `NameHeldError` when a lab of this name exists or is being
    made. Whatever fails or interrupts, nothing stays behind.
    """
    clear_name(engine, plan.lab)
    owner = Ownership(plan.lab, Purpose(purpose), maker or this_process(), folder)
    runs_here = not engine.in_swarm
    images = ensure_images(engine.workshop, plan, owner, progress, runs_here=runs_here)
    engine.bring(images.by_member, progress)
    ports = choose_ports(plan, folder) if runs_here else {}
    cluster = Cluster(engine, plan, folder, owner, images)
    files: Future[None] = Future()
    with Creation(engine) as creation, _unblocking(files):
        kind = prober or prober_kind_for(engine)
        # A prober that enters the members needs no network; on a swarm its own shows the ways.
        network = plan.network if kind == SIDECARS or engine.in_swarm else ""
        lock = prober_definition(plan, images, owner, kind, network=network)
        named = _take_name(creation, lock, plan)
        progress(f"creating {len(plan.members)} containers")
        standing = Standing(creation, plan, owner, images)
        begin = creation if start else None
        # Servers first: what they need until they are ready is most of a lab's start.
        made = _servers(cluster, standing, files, begin)
        made += [*standing.needs, named]
        if start:
            needs = standing.needs if network else ()
            made.append(creation.work(_start_after, cluster.start_prober, *needs, named))
        made += _publishing_members(cluster, standing, ports, files)
        front = _front(cluster, standing, creation, ports, start=start)
        made.append(front)
        write()
        files.set_result(None)
        meanwhile()
        results(made)
        write_ports(folder, front.result())
        write_environment(folder, plan, images)
    return cluster


@contextmanager
def _unblocking(files: "Future[None]") -> Iterator[None]:
    """Let nobody wait for files that will not be written."""
    try:
        yield
    except BaseException as failure:
        if not files.done():
            files.set_exception(failure)
        raise


def _servers(
    cluster: Cluster, standing: Standing, files: "Future[None]", begin: Creation | None
) -> list["Future[Any]"]:
    """Create the database servers; with *begin* each is started there as soon as it can be."""
    made: list[Future[Any]] = []
    for server in cluster.plan.servers:
        created = cluster.members.create(server.name, standing, {}, files)
        made.append(created)
        if begin is not None:
            start = partial(cluster.start_server, server.name)
            made.append(begin.work(_start_after, start, *standing.needs, created))
    return made


def _publishing_members(
    cluster: Cluster, standing: Standing, ports: Ports, files: "Future[None]"
) -> Sequence["Future[str]"]:
    """Create the nodes and balancers; in a closed lab their ports are the front's."""
    ports = {} if cluster.plan.is_closed else ports
    return [
        cluster.members.create(member.name, standing, ports.get(member.name, {}), files)
        for member in publishing(cluster.plan)
    ]


def _front(
    cluster: Cluster, standing: Standing, creation: Creation, ports: Ports, *, start: bool
) -> "Future[Ports]":
    """Create what leads into a closed lab; the future gives the ports of this machine."""
    made = standing.front(ports) if cluster.plan.is_closed and ports else []

    def entered() -> Ports:
        for future in made:
            future.result()
        return _opened(cluster, standing, ports) if made and start else ports

    return creation.work(entered)


def _opened(cluster: Cluster, standing: Standing, ports: Ports) -> Ports:
    """Start the front; ports that something else took meanwhile are exchanged for free ones."""
    for _ in range(PORT_TRIES - 1):
        try:
            cluster.start_front()
        except PortTakenError:
            ports = {name: other_ports(published) for name, published in ports.items()}
            cluster.remove_front()
            standing.front_on(ports).result()
        else:
            return ports
    cluster.start_front()
    return ports


def _start_after(start: Callable[[], None], *made: "Future[str]") -> None:
    """Start a container when what it needs exists."""
    for future in made:
        future.result()
    start()


def _take_name(creation: Creation, lock: Definition, plan: Plan) -> "Future[str]":
    """Make the prober first: the engine gives a container's name to one caller only."""
    made = creation.container(lock)
    try:
        results([made])
    except NameTakenError as error:
        raise NameHeldError(
            Problem(
                f"the lab `{plan.lab}` is being made by another process",
                f"container {lock.name}",
                f"wait for it, or `lab down {plan.lab}` if that process is no more",
            )
        ) from error
    return made


def prober_kind_for(engine: Engine) -> str:
    """Tell whether this engine lets a container see the machine's processes."""
    closed = any("rootless" in word or "userns" in word for word in engine.facts.security)
    return SIDECARS if closed else ENTERS

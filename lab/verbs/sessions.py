"""Sessions of a lab's prober, and the places that they dial from."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from lab.gate.host import HostVantage
from lab.gate.session import ProberSession, Vantage
from lab.launch.cluster import Cluster
from lab.launch.ports import read_ports


def open_session(cluster: Cluster) -> ProberSession:
    """Open a session of the lab's prober, with this machine as one more place to dial from."""
    host = HostVantage(cluster.plan, lambda: read_ports(cluster.folder), _trust(cluster))
    return ProberSession(cluster.open_session(), host)


def vantage_of(cluster: Cluster, name: str) -> Vantage:
    """Give the place to dial from of a member that runs; raises `GoneError` when it doesn't."""
    pid, container = cluster.process(name)
    return Vantage(name, pid, container, _trust(cluster))


@contextmanager
def session_beside(pool: ThreadPoolExecutor, cluster: Cluster) -> Iterator["Future[ProberSession]"]:
    """Open a session while the caller does something else; when that fails, it is ended again."""
    opening = pool.submit(open_session, cluster)
    try:
        yield opening
    except BaseException:
        opening.add_done_callback(_give_up)
        raise


def _give_up(opening: "Future[ProberSession]") -> None:
    if opening.exception() is None:
        opening.result().give_up()


def _trust(cluster: Cluster) -> str:
    return (cluster.folder / "ca" / "ca.pem").read_text(encoding="ascii")

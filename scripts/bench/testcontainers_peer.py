"""The same cluster in testcontainers-python: a program that starts it, tells, and removes it.

`python testcontainers_peer.py FOLDER` prints `ready` when every wait strategy is content, and
removes all once its stdin is closed. Images, files, names and limits are those of the folder's
compose file; containers start side by side. Its reaper is off: it would be one image more.
"""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import yaml

os.environ["TESTCONTAINERS_RYUK_DISABLED"] = "true"  # read when the package is imported

from testcontainers.core.container import DockerContainer
from testcontainers.core.network import Network
from testcontainers.core.wait_strategies import HttpWaitStrategy, LogMessageWaitStrategy

_MANAGEMENT = 9443
_READY = r"\[Server\] .*ready for connections\. Version:"
_AT_ONCE, _PATIENCE = 16, 120  # containers; seconds
_VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::-(?P<other>[^}]*))?\}")


@contextmanager
def cluster(folder: Path) -> Iterator[None]:
    """Start every service of the folder's compose file but the prober, and wait for each."""
    services = yaml.safe_load((folder / "compose.yaml").read_text(encoding="utf-8"))["services"]
    variables = _variables(folder)
    with Network() as network, ExitStack() as stack, ThreadPoolExecutor(_AT_ONCE) as pool:
        made = [
            _container(folder, service, variables).with_network(network)
            for name, service in services.items()
            if name != "prober"
        ]
        for container in made:
            stack.callback(container.stop)
        for started in [pool.submit(container.start) for container in made]:
            started.result()
        yield


def _variables(folder: Path) -> Mapping[str, str]:
    lines = (folder / ".env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)


def _container(
    folder: Path, service: Mapping[str, Any], variables: Mapping[str, str]
) -> DockerContainer:
    def filled(text: str) -> str:
        return _VARIABLE.sub(lambda one: variables.get(one["name"], one["other"] or ""), text)

    options = {"user": filled(service["user"]), "mem_limit": service["mem_limit"]}
    if "entrypoint" in service:
        options["entrypoint"] = service["entrypoint"]
    container = DockerContainer(filled(service["image"])).with_kwargs(**options)
    container.with_network_aliases(*service["networks"]["lab"]["aliases"])
    if "command" in service:
        container.with_command(service["command"])
    for name, value in service.get("environment", {}).items():
        container.with_env(name, value)
    for mount in service["volumes"]:
        container.with_volume_mapping(str(folder / mount["source"]), mount["target"], "ro")
    if service.get("entrypoint") == ["mysqld"]:
        return container.waiting_for(
            LogMessageWaitStrategy(re.compile(_READY)).with_startup_timeout(_PATIENCE)
        )
    return container.with_exposed_ports(_MANAGEMENT).waiting_for(
        HttpWaitStrategy(_MANAGEMENT, "/services/Version")
        .using_tls(insecure=True)
        .with_startup_timeout(_PATIENCE)
    )


if __name__ == "__main__":
    with cluster(Path(sys.argv[1]).resolve()):
        print("ready", flush=True)
        sys.stdin.read()

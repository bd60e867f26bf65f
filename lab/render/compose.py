"""The compose.yaml of a lab, made as data of the fragments under compose/.

It is for those who run the folder by hand; `lab up` makes the same containers through the engine.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from lab.data import data_folder
from lab.plan.containers import (
    BALANCER_CERTIFICATE,
    BALANCER_MEMORY,
    SERVER_FILE_NAMES,
    SERVER_MEMORY,
    balancer_path,
    haproxy_arguments,
    mysqld_arguments,
    network_name,
    node_arguments,
    node_configuration,
    node_environment,
    node_image_variable,
    node_memory,
    node_path,
    prober_memory,
    server_image_variable,
    server_path,
)
from lab.plan.model import Plan, PlannedBalancer, PlannedNode, PlannedServer
from lab.products.apim_4x import MANAGEMENT_PORT

Values = dict[str, Any]

# libyaml takes a sixth of the time. PyYAML's wheels bring it; a build of one's own may lack it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_HEAD = "# Made by `lab render`; start it with `docker compose up --wait` in this folder.\n"
_START_PERIOD = "300s"


def compose_yaml(plan: Plan, stores: Mapping[str, Iterable[str]], start_interval: str = "") -> str:
    """Give the text; *stores* names the keystore and truststore files of each node.

    *start_interval* sets the health checks' pace until the first success, such as `100ms`: engines
    before 25 refuse a file that has it.
    """
    model = compose_model(plan, stores)
    if start_interval:
        for service in model["services"].values():
            service["healthcheck"] |= {
                "start_period": _START_PERIOD,
                "start_interval": start_interval,
            }
    return _HEAD + yaml.dump(model, Dumper=_DUMPER, sort_keys=False, width=100, allow_unicode=True)


def compose_model(plan: Plan, stores: Mapping[str, Iterable[str]]) -> Values:
    """Give the compose file's values."""
    services = {server.name: _server(server) for server in plan.servers}
    services |= {balancer.name: _balancer(balancer) for balancer in plan.balancers}
    services |= {node.name: _node(plan, node, stores[node.name]) for node in plan.nodes}
    services["prober"] = {**_fragment("prober"), "mem_limit": prober_memory(plan)}
    return {
        "name": network_name(plan.lab),
        "services": services,
        "networks": _read("network")["networks"],
    }


def _node(plan: Plan, node: PlannedNode, stores: Iterable[str]) -> Values:
    service = _fragment("node")
    quick = plan.java.quick_start
    check = f"exec 3<>/dev/tcp/127.0.0.1/{MANAGEMENT_PORT + node.offset}"
    service["healthcheck"]["test"] = ["CMD", "bash", "-c", check]
    if environment := node_environment(node, quick=quick):
        service["environment"] = environment
    if node.is_real:
        service["image"] = f"${{{node_image_variable(node.name)}}}"
        service["command"] = list(node_arguments(node))
    service |= {
        "mem_limit": node_memory(node, quick=quick),
        "networks": {"lab": {"aliases": list(node.aliases)}},
    }
    if node.starts_after:
        condition = {"condition": "service_healthy"}
        service["depends_on"] = {name: dict(condition) for name in node.starts_after}
    if published := [f"127.0.0.1::{served.port}" for served in node.ports if served.published]:
        service["ports"] = published
    service["volumes"] = [
        _mount(f"./nodes/{node.name}/{file}", str(node_path(node, file)))
        for file in (*node_configuration(node), *stores)
    ]
    return service


def _balancer(balancer: PlannedBalancer) -> Values:
    service = _fragment("balancer")
    service |= {
        "mem_limit": BALANCER_MEMORY,
        "command": list(haproxy_arguments()),
        "networks": {"lab": {"aliases": list(balancer.aliases)}},
    }
    if published := [f"127.0.0.1::{one.port}" for one in balancer.fronts if one.published]:
        service["ports"] = published
    certificate = (BALANCER_CERTIFICATE, f"{BALANCER_CERTIFICATE}.key")
    service["volumes"] = [
        _mount(f"./balancers/{balancer.name}/{file}", str(balancer_path(file)))
        for file in ("haproxy.cfg", "ca.pem", *(certificate if balancer.terminates else ()))
    ]
    return service


def _server(server: PlannedServer) -> Values:
    return {
        **_fragment("database"),
        "image": f"${{{server_image_variable(server.name)}:-apim-lab/mysql-data}}",
        "mem_limit": SERVER_MEMORY,
        "command": list(mysqld_arguments(port=server.port, user="root")),
        "volumes": [
            _mount(f"./servers/{server.name}/{file}", str(server_path(file)))
            for file in SERVER_FILE_NAMES
        ],
        "networks": {"lab": {"aliases": list(server.aliases)}},
    }


def _mount(source: str, target: str) -> Values:
    return {"type": "bind", "source": source, "target": target, "read_only": True}


def _fragment(name: str) -> Values:
    service: Values = _read(name)["services"][name]
    return service


def _read(name: str) -> Values:
    text = (data_folder("compose") / f"{name}.yaml").read_text(encoding="utf-8")
    values: Values = yaml.load(text, Loader=_LOADER)  # noqa: S506  # a safe one
    return values

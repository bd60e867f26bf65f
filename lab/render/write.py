"""The render room's door: a plan becomes the files of one folder."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from lab.plan.containers import BALANCER_CERTIFICATE
from lab.plan.make import SECRETS_FILE, plan_options
from lab.plan.model import Plan, PlannedNode
from lab.products.facts import Line, Role
from lab.render.accounts import accounts_sql
from lab.render.compose import compose_yaml
from lab.render.configuration import configuration, placed_files
from lab.render.deployment import Values
from lab.render.encryption import KEY_FILE, encryption_key
from lab.render.given import given_stores
from lab.render.keystores import (
    keystore_bytes,
    keystore_holds,
    truststore_bytes,
    truststore_holds,
)
from lab.render.pairs import AUTHORITY, Pairs, lab_pairs
from lab.render.stores import Store, keystores, truststore
from lab.render.toml_text import toml_text
from lab.render.tree import MARK, check_folder, read_kept, remove_strangers, write_tree

Stores = tuple[tuple[Store, ...], Store]  # a node's keystores, and its truststore


def render(plan: Plan, folder: Path) -> None:
    """Write every file of the lab into *folder*, or none.

    Same plan, same bytes; keys and certificates of an earlier render stay while they fit. Raises
    `LabError` for a folder that holds something else, `TopologyError` for a `config` that can't be.
    """
    check_folder(folder)
    key = encryption_key(plan, folder)
    values = configuration(plan, key)
    stores = {node.name: _stores(node, values[node.name]) for node in plan.nodes}
    pairs = lab_pairs(plan, {name: keys for name, (keys, _) in stores.items()}, folder)
    files = {
        MARK: _json(plan_options(plan)),
        "topology.toml": plan.topology_text.encode(),
        **_compose_files(plan, stores),
        **_secret_files(plan),
        **dict(zip(AUTHORITY, _pem(pairs), strict=True)),
        **({KEY_FILE: f"{key}\n".encode()} if key else {}),
        **_server_files(plan, pairs),
        **_balancer_files(plan, pairs),
        **placed_files(plan, values),
    }
    for node in plan.nodes:
        files |= _store_files(plan, node, stores[node.name], pairs, folder)
    write_tree(folder, files)
    remove_strangers(folder, files)


def _stores(node: PlannedNode, values: Values) -> Stores:
    keys, trusted = given_stores(values) if node.file else (keystores(values), truststore(values))
    # Jaggery, of which the portals of the 2.x line are made, fails at PKCS#12 (measured on 2.1.0).
    is_jks = node.line is Line.XML
    return tuple(replace(key, is_jks=is_jks) for key in keys), replace(trusted, is_jks=is_jks)


def _compose_files(plan: Plan, stores: Mapping[str, Stores]) -> dict[str, bytes]:
    """Give the compose file; compose has no way to close a network and still open ports."""
    if plan.is_closed:
        return {}
    names = {
        name: list(dict.fromkeys(store.file_name for store in (*keys, trusted)))
        for name, (keys, trusted) in stores.items()
    }
    return {"compose.yaml": compose_yaml(plan, names).encode()}


def _secret_files(plan: Plan) -> dict[str, bytes]:
    return {SECRETS_FILE: toml_text(plan.secrets, {}).encode()} if plan.secrets else {}


def _store_files(
    plan: Plan, node: PlannedNode, stores: Stores, pairs: Pairs, folder: Path
) -> dict[str, bytes]:
    place = f"nodes/{node.name}"
    files: dict[str, bytes] = {}
    keys, trusted = stores
    for store in keys:
        name = f"{place}/{store.file_name}"
        files[name] = _keystore(store, node.name, pairs, read_kept(folder, name))
    name = f"{place}/{trusted.file_name}"
    files[name] = _truststore(trusted, node.name, plan, pairs, read_kept(folder, name))
    return files


def _keystore(store: Store, node: str, pairs: Pairs, kept: bytes | None) -> bytes:
    pair = pairs.members[node]
    if kept is not None and node in pairs.kept and keystore_holds(store, kept, pair):
        return kept
    return keystore_bytes(store, pair, pairs.authority.certificate)


def _truststore(store: Store, node: str, plan: Plan, pairs: Pairs, kept: bytes | None) -> bytes:
    # Of a customer's cluster there may be a part alone, without either.
    signers = (*plan.nodes_of(Role.KEY_MANAGER), *plan.nodes_of(Role.CONTROL_PLANE), *plan.nodes)
    entries = {
        "lab-ca": pairs.authority.certificate,
        **{f"node-{other.name}": pairs.members[other.name].certificate for other in plan.nodes},
        "wso2carbon": pairs.members[node].certificate,
        # Tokens are signed with the key of the node that issues them.
        "gateway_certificate_alias": pairs.members[signers[0].name].certificate,
    }
    if kept is not None and truststore_holds(store, kept, entries):
        return kept
    return truststore_bytes(store, entries)


def _server_files(plan: Plan, pairs: Pairs) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for server in plan.servers:
        pair = pairs.members[server.name]
        files |= {
            f"servers/{server.name}/ca.pem": pairs.authority.certificate_pem(),
            f"servers/{server.name}/server-cert.pem": pair.certificate_pem(),
            f"servers/{server.name}/server-key.pem": pair.key_pem(),
            f"servers/{server.name}/accounts.sql": accounts_sql(server).encode(),
        }
    return files


def _balancer_files(plan: Plan, pairs: Pairs) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for balancer in plan.balancers:
        place = f"balancers/{balancer.name}"
        files[f"{place}/ca.pem"] = pairs.authority.certificate_pem()
        if balancer.terminates:
            pair = pairs.members[balancer.name]
            files[f"{place}/{BALANCER_CERTIFICATE}"] = pair.certificate_pem()
            files[f"{place}/{BALANCER_CERTIFICATE}.key"] = pair.key_pem()
    return files


def _pem(pairs: Pairs) -> tuple[bytes, bytes]:
    return pairs.authority.key_pem(), pairs.authority.certificate_pem()


def _json(values: Mapping[str, str | None]) -> bytes:
    return (json.dumps(values, indent=2) + "\n").encode()

"""Decides which pairs of an earlier render go on, and makes the others side by side."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from lab.plan.containers import BALANCER_CERTIFICATE
from lab.plan.model import Plan
from lab.render.certificates import (
    Pair,
    authority_fits,
    make_authority,
    make_pair,
    pair_fits,
    read_pair,
)
from lab.render.key_stock import make_key
from lab.render.keystores import read_keystore
from lab.render.stores import Store
from lab.render.tree import read_kept

AUTHORITY = ("ca/ca-key.pem", "ca/ca.pem")


@dataclass(frozen=True, slots=True)
class Pairs:
    """The lab's authority, and the pair of each node, server and balancer by its name.

    Nodes behind one balancer share theirs, being copies of one node: a token that one signs is
    verified with the certificate of all.
    """

    authority: Pair
    members: Mapping[str, Pair]
    kept: frozenset[str]  # members whose pair an earlier render made


def lab_pairs(plan: Plan, stores: Mapping[str, tuple[Store, ...]], folder: Path) -> Pairs:
    """Give all pairs of the lab, kept from *folder* where they still fit.

    *stores* names the keystores of each node.
    """
    copies = _copies(plan)
    names = _names(plan, copies)
    authority = _kept_authority(folder)
    with ThreadPoolExecutor() as pool:
        kept: dict[str, Pair] = {}
        if authority:
            pairs = pool.map(lambda member: _kept_pair(member, stores, folder), names)
            kept = {
                member: pair
                for member, pair in zip(names, pairs, strict=True)
                if pair and pair_fits(pair, authority, names[member])
            }
        lacking = [member for member in names if member not in kept]
        keys = [pool.submit(make_key) for _ in range(len(lacking) + (authority is None))]
        authority = authority or make_authority(plan.lab, keys.pop().result())
        made = {
            member: make_pair(authority, names[member], key.result())
            for member, key in zip(lacking, keys, strict=True)
        }
    members = kept | made
    members |= {name: members[first] for name, first in copies.items()}
    kept_members = {name for name in members if copies.get(name, name) in kept}
    return Pairs(authority, members, frozenset(kept_members))


def _copies(plan: Plan) -> dict[str, str]:
    """Give the first of the nodes that share a pair, for each node behind a balancer.

    Files that are given may have several balancers before the same nodes.
    """
    firsts: dict[str, str] = {}
    for balancer in plan.balancers:
        joined = {firsts.get(name, name) for name in balancer.members}
        first = firsts.get(balancer.members[0], balancer.members[0])
        firsts |= dict.fromkeys(balancer.members, first)
        firsts = {name: first if of in joined else of for name, of in firsts.items()}
    return firsts


def _names(plan: Plan, copies: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Give the names in each certificate, by the first member that has it."""
    names: dict[str, tuple[str, ...]] = {}
    for node in plan.nodes:
        first = copies.get(node.name, node.name)
        names[first] = (*names.get(first, ()), *node.aliases, *node.addresses)
    for balancer in plan.balancers:
        own = (*balancer.aliases, *balancer.addresses)
        names[copies[balancer.members[0]]] += own
        if balancer.terminates:
            names[balancer.name] = own
    return names | {one.name: (*one.aliases, *one.addresses) for one in plan.servers}


def _kept_authority(folder: Path) -> Pair | None:
    pair = _kept_pem(folder, *AUTHORITY)
    return pair if pair and authority_fits(pair) else None


def _kept_pair(member: str, stores: Mapping[str, tuple[Store, ...]], folder: Path) -> Pair | None:
    if member not in stores:
        if (folder / "balancers" / member).is_dir():
            certificate = f"balancers/{member}/{BALANCER_CERTIFICATE}"
            return _kept_pem(folder, f"{certificate}.key", certificate)
        return _kept_pem(
            folder, f"servers/{member}/server-key.pem", f"servers/{member}/server-cert.pem"
        )
    content = read_kept(folder, f"nodes/{member}/{stores[member][0].file_name}")
    return None if content is None else read_keystore(stores[member][0], content)


def _kept_pem(folder: Path, key: str, certificate: str) -> Pair | None:
    kept_key, kept_certificate = read_kept(folder, key), read_kept(folder, certificate)
    if kept_key is None or kept_certificate is None:
        return None
    return read_pair(kept_key, kept_certificate)

"""What is wrong with the blocks of a topology that touch several nodes at once."""

from collections.abc import Iterator, Mapping
from typing import Any

from lab.errors import Problem
from lab.products.facts import Role
from lab.topology.copies import Nodes
from lab.topology.model import EncryptionSection
from lab.topology.nearest import unknown

# AES takes its key from the characters as they are (SymmetricKeyInternalCryptoProvider).
_KEY_LENGTHS = (16, 24, 32)


def block_problems(raw: Mapping[str, Any], nodes: Nodes, where: str) -> Iterator[Problem]:
    """Give the blocks that are for nobody."""
    served = tuple(dict.fromkeys(name for node in nodes.values() for name in node.served))
    for name in _names(raw, "environments"):
        if name not in served:
            problem = unknown("environment", name, served, f"{where}: environments.{name}")
            yield Problem(f"no gateway serves {name!r}", problem.where, problem.mend)
    present = {node.role for node in nodes.values()}
    for role in _names(raw, "roles"):
        if role in list(Role) and Role(role) not in present:
            what, at = f"no node is a {role}", f"{where}: roles.{role}"
            yield Problem(what, at, f'add a node with role = "{role}", or leave the table out')


def encryption_problems(section: EncryptionSection, where: str) -> Iterator[Problem]:
    """Give what keeps a key from being everybody's; no message holds it."""
    at = f"{where}: encryption"
    if section.key is not None and section.key_file is not None:
        yield Problem("two keys, `key` and `key_file`", at, "keep one of them")
    if section.key is not None and (what := key_fault(section.key)):
        yield Problem(f"the key {what}", f"{at}.key", KEY_MEND)


KEY_MEND = "make one by `openssl rand -hex 16`, or leave it out to let the lab make one"


def key_fault(key: str) -> str:
    """Tell why nodes can't encrypt with this key; empty when they can."""
    if len(key) not in _KEY_LENGTHS:
        return f"has {len(key)} characters, and AES takes 16, 24 or 32"
    if not (key.isascii() and key.isprintable()) or set(key) & set("<&"):
        return "has a character that the product's XML can't hold as it stands"
    return ""


def _names(raw: Mapping[str, Any], table: str) -> tuple[str, ...]:
    found = raw.get(table)
    return tuple(found) if isinstance(found, dict) else ()

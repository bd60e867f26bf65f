"""Checks the keys by which nodes encrypt: one for all, and of a form that AES takes."""

from collections.abc import Iterator, Mapping

from lab.products.encryption_4x import BY_KEY, BY_KEYSTORE, KEY_NEEDED_SINCE, key_length_fault
from lab.wiring.check.case import Case, error
from lab.wiring.check.placement import find_misplaced
from lab.wiring.finding import Finding
from lab.wiring.settings import Settings, Value

_KEY = "encryption.key"
_PROVIDER, _TYPE = "encryption.internal_crypto_provider", "encryption.type"
_MAKE_ONE = "make one by `openssl rand -hex 16`"


def check_one_key(case: Case) -> Iterator[Finding]:
    """LAB0137: what one node encrypts, the other can't read."""
    keys = _keys(case)
    first = next((value for value in keys.values() if value and value.is_known), None)
    if first is None:
        if len(keys) > 1 and not any(keys.values()) and _makes_its_own(case):
            yield _none_at_all(case, list(keys))
        return
    for name, value in keys.items():
        if value is None:
            what = f"{name} has no [encryption] key, and other nodes have one"
            at = case.cluster.nodes[name].document.position(("encryption", "key"))
        elif value.is_known and value.text != first.text:
            what, at = f"the [encryption] key of {name} isn't that of the other nodes", value.at
        else:
            continue
        mend = f"use the key of {first.at} on every node"
        yield error("LAB0137", what, at, mend, key=_KEY)


def check_encryption_keys(case: Case) -> Iterator[Finding]:
    """LAB0157: a key by which nothing can be encrypted; the finding doesn't hold it.

    Up to 4.6 a node encrypts by its keystore unless its file says otherwise, whatever the key.
    """
    for name, value in _keys(case).items():
        if not (_makes_its_own(case) or _is_by_key(case.cluster.nodes[name])):
            continue
        if value and value.is_known and (fault := key_length_fault(value.text, case.version)):
            what = f"the [encryption] key of {name} {fault}"
            yield error("LAB0157", what, value.at, f"{_MAKE_ONE}, for every node", key=_KEY)


def _keys(case: Case) -> Mapping[str, Value | None]:
    """Give the keys of the nodes that encrypt by one; of those that have none, None."""
    return {
        settings.name: settings.value(_KEY)
        for settings in case.cluster.nodes.values()
        if _KEY not in find_misplaced(settings).values() and settings.text(_PROVIDER) != BY_KEYSTORE
    }


def _is_by_key(settings: Settings) -> bool:
    return settings.text(_TYPE) == "symmetric" or settings.text(_PROVIDER) == BY_KEY


def _makes_its_own(case: Case) -> bool:
    return case.version is not None and case.version >= KEY_NEEDED_SINCE


def _none_at_all(case: Case, names: list[str]) -> Finding:
    what = f"no node has an [encryption] key, so each of {', '.join(names)} makes one of its own"
    at = case.cluster.nodes[names[0]].document.position(("encryption", "key"))
    return error("LAB0137", what, at, f"{_MAKE_ONE}, and give it to every node", key=_KEY)

"""Checks that a node's user store is of a type that the product has."""

from collections.abc import Iterator

from lab.products.user_stores_4x import USER_STORE_TYPES
from lab.wiring.check.case import Case, closest, error
from lab.wiring.finding import Finding

_KEY = "user_store.type"


def check_user_store_types(case: Case) -> Iterator[Finding]:
    """LAB0159: a type that the product's own validation refuses."""
    for settings in case.cluster.nodes.values():
        value = settings.value(_KEY)
        if value is None or not value.is_known or value.text in USER_STORE_TYPES:
            continue
        near = closest(value.text.lower(), USER_STORE_TYPES)
        mend = f"write {near}" if near else f"write one of {', '.join(sorted(USER_STORE_TYPES))}"
        what = f"the product knows no user store of type {value.text!r}"
        yield error("LAB0159", what, value.used_at, mend, key=_KEY)

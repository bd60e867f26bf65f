"""Puts what is alike together, in the order in which it comes: links that fail for one reason."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from lab.wiring.link import Link

Item = TypeVar("Item")
Key = TypeVar("Key", bound=Hashable)


def group_by(items: Iterable[Item], key: Callable[[Item], Key]) -> Mapping[Key, Sequence[Item]]:
    """Group *items* by *key*."""
    groups: dict[Key, list[Item]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups


def ids(links: Iterable[Link]) -> tuple[str, ...]:
    """Give the links' ids."""
    return tuple(link.id for link in links)

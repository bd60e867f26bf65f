"""Puts links that fail for the same reason together, in the order in which they come."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from lab.wiring.link import Link

Key = TypeVar("Key", bound=Hashable)


def group_by(links: Iterable[Link], key: Callable[[Link], Key]) -> Mapping[Key, Sequence[Link]]:
    """Group *links* by *key*."""
    groups: dict[Key, list[Link]] = defaultdict(list)
    for link in links:
        groups[key(link)].append(link)
    return groups


def ids(links: Iterable[Link]) -> tuple[str, ...]:
    """Give the links' ids."""
    return tuple(link.id for link in links)

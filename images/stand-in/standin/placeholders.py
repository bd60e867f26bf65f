"""Resolves `$ref{}`, `$env{}` and `${}` in configuration values, as the product does."""

import os
import re
from collections.abc import Mapping
from typing import Any

_REFERENCE = re.compile(r"\$(ref|env)?\{([^{}]+)\}")
_DEPTH = 8


class Placeholders:
    """Looks values up in one deployment.toml by dotted key and resolves the placeholders in them.

    *document* is the parsed file, *properties* the Java system properties of the node,
    *defaults* what the product has where the file says nothing.
    """

    def __init__(
        self,
        document: Mapping[str, Any],
        properties: Mapping[str, str],
        defaults: Mapping[str, str],
    ) -> None:
        self._document = document
        self._properties = properties
        self._defaults = defaults

    def raw(self, key: str) -> Any:
        """Return the unresolved value at the dotted *key*, `None` where the file has none."""
        value: Any = self._document
        parts = key.split(".")
        for position, part in enumerate(parts):
            if not isinstance(value, Mapping):
                return None
            rest = ".".join(parts[position:])
            if rest in value:
                return value[rest]
            value = value.get(part)
        return value

    def resolve(self, value: Any, depth: int = 0) -> Any:
        """Return *value* with every placeholder replaced; an unknown one stays as it is."""
        if isinstance(value, str):
            if depth > _DEPTH:
                return value
            return _REFERENCE.sub(lambda match: self._replace(match, depth), value)
        if isinstance(value, list):
            return [self.resolve(item, depth) for item in value]
        if isinstance(value, Mapping):
            return {name: self.resolve(item, depth) for name, item in value.items()}
        return value

    def get(self, key: str, *fallbacks: str) -> Any:
        """Return the resolved value of the first of *key* and *fallbacks* that has one."""
        for candidate in (key, *fallbacks):
            value = self.raw(candidate)
            if value is None:
                value = self._defaults.get(candidate)
            if value is not None:
                return self.resolve(value)
        return None

    def _replace(self, match: re.Match[str], depth: int) -> str:
        kind, name = match.group(1), match.group(2)
        if kind == "env":
            return os.environ.get(name, match.group(0))
        found = (
            self._properties.get(name)
            if kind is None
            else self.raw(name) or self._defaults.get(name)
        )
        return match.group(0) if found is None else str(self.resolve(found, depth + 1))

"""Which keystore and truststore files a node's own configuration names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from lab.errors import Problem

_PASSWORD = "wso2carbon"  # noqa: S105  # the product's default, on files of the lab's own
_KEYSTORE = {"file_name": "wso2carbon.jks", "password": _PASSWORD, "alias": "wso2carbon"}
_TRUSTSTORE = {"file_name": "client-truststore.jks", "password": _PASSWORD, "alias": ""}


@dataclass(frozen=True, slots=True)
class Store:
    """A store's file name, password and the alias of its key; a truststore has no alias.

    *is_jks* is Java's own format, which some programs alone can read; else it is PKCS#12.
    """

    file_name: str
    password: str = field(repr=False)
    alias: str = ""
    is_jks: bool = False


def keystores(values: Mapping[str, Any]) -> tuple[Store, ...]:
    """Give the keystores that a deployment.toml names; tls and internal follow the primary one."""
    sections = _mapping(values.get("keystore"))
    primary = _KEYSTORE | dict(_mapping(sections.get("primary")))
    stores = (
        _store(primary | dict(_mapping(sections.get(name))))
        for name in ("primary", "tls", "internal")
    )
    return tuple(dict.fromkeys(stores))


def truststore(values: Mapping[str, Any]) -> Store:
    """Give the truststore that a deployment.toml names."""
    return _store(_TRUSTSTORE | dict(_mapping(values.get("truststore"))) | {"alias": ""})


def store_problems(values: Mapping[str, Any], where: str) -> list[Problem]:
    """Give what keeps the lab from writing the stores that a `config` asks for, at *where*."""
    problems = []
    stores = (*keystores(values), truststore(values))
    for name in dict.fromkeys(store.file_name for store in stores):
        if PurePath(name).name != name or name in ("", ".", "..", "deployment.toml"):
            problems.append(_problem(f"{name!r} can't be a store's file name", where))
        elif len([store for store in stores if store.file_name == name]) > 1:
            problems.append(_problem(f"{name!r} has two passwords or two aliases", where))
    for section, table in _mapping(values.get("keystore")).items():
        password = _mapping(table).get("password", _PASSWORD)
        if _mapping(table).get("key_password", password) != password:
            problems.append(
                Problem(
                    "the key's password differs from its store's, and PKCS#12 has one for both",
                    f"{where}.keystore.{section}.key_password",
                    "give both the same value",
                )
            )
    return problems


def _store(values: Mapping[str, Any]) -> Store:
    return Store(str(values["file_name"]), str(values["password"]), str(values["alias"]))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _problem(what: str, where: str) -> Problem:
    return Problem(
        what,
        where,
        "name each file of [keystore.*] and [truststore] without a folder, with one password",
    )

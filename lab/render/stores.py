"""Which keystore and truststore files a node's own configuration names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from lab.errors import Problem

_PASSWORD = "wso2carbon"  # noqa: S105  # the product's default, on files of the lab's own
_KEYSTORE = {"file_name": "wso2carbon.jks", "password": _PASSWORD, "alias": "wso2carbon"}
_SECTIONS = ("primary", "tls", "internal")
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
    return tuple(dict.fromkeys(map(_store, _sections(values).values())))


def truststore(values: Mapping[str, Any]) -> Store:
    """Give the truststore that a deployment.toml names."""
    return _store(_trusted(values))


def store_problems(values: Mapping[str, Any], where: str) -> list[Problem]:
    """Give what keeps the lab from writing the stores that a `config` asks for, at *where*."""
    problems = [*_empty_passwords(values, where), *_key_passwords(values, where)]
    stores = [store for store in (*keystores(values), truststore(values)) if store.password]
    for name in dict.fromkeys(store.file_name for store in stores):
        if PurePath(name).name != name or name in ("", ".", "..", "deployment.toml"):
            problems.append(_problem(f"{name!r} can't be a store's file name", where))
        elif len([store for store in stores if store.file_name == name]) > 1:
            problems.append(_problem(f"{name!r} has two passwords or two aliases", where))
    return problems


def _empty_passwords(values: Mapping[str, Any], where: str) -> Iterator[Problem]:
    """Tell each empty password where it is written, and not where it is inherited."""
    keystore = _mapping(values.get("keystore"))
    sections = {f"keystore.{name}": keystore.get(name) for name in _SECTIONS}
    for name, section in {**sections, "truststore": values.get("truststore")}.items():
        if _mapping(section).get("password") == "":
            yield Problem(
                "a store's password is empty, and no store can be written without one",
                f"{where}.{name}.password",
                "give it a password, or leave the key out for the product's own",
            )


def _key_passwords(values: Mapping[str, Any], where: str) -> Iterator[Problem]:
    """Tell each key that has not its store's password, where one of the two is written."""
    written = _mapping(values.get("keystore"))
    for name, section in _sections(values).items():
        is_own = not {"password", "key_password"}.isdisjoint(_mapping(written.get(name)))
        if is_own and section.get("key_password", section["password"]) != section["password"]:
            yield Problem(
                "the key's password differs from its store's, and PKCS#12 has one for both",
                f"{where}.keystore.{name}.key_password",
                "give both the same value",
            )


def _sections(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    sections = _mapping(values.get("keystore"))
    primary = _KEYSTORE | dict(_mapping(sections.get("primary")))
    return {name: primary | dict(_mapping(sections.get(name))) for name in _SECTIONS}


def _trusted(values: Mapping[str, Any]) -> dict[str, Any]:
    return _TRUSTSTORE | dict(_mapping(values.get("truststore"))) | {"alias": ""}


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

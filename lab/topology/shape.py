"""Says in the user's words what pydantic found wrong with a topology's keys and values."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from lab.errors import Problem
from lab.products.facts import Role
from lab.topology.model import (
    BalancerSection,
    CheckSection,
    DatabaseSection,
    EncryptionSection,
    LabSection,
    NodeSection,
    RoleSection,
    SuperAdminSection,
    TopologyFile,
)
from lab.topology.nearest import unknown

_SECTIONS: Mapping[str, type[BaseModel]] = {
    "lab": LabSection,
    "database": DatabaseSection,
    "super_admin": SuperAdminSection,
    "encryption": EncryptionSection,
    "check": CheckSection,
}
_NAMED: Mapping[str, type[BaseModel]] = {
    "nodes": NodeSection,
    "balancers": BalancerSection,
    "databases": DatabaseSection,
    "roles": RoleSection,
}
_KINDS = {
    "string_type": "a string",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "list_type": "an array",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
}
_LIMITS = {
    "greater_than_equal": "is below {}",
    "less_than_equal": "is above {}",
    "string_too_short": "is shorter than {} character",
    "string_too_long": "is longer than {} characters",
    "too_short": "is empty",
}


def shape_problems(error: ValidationError, where: str) -> list[Problem]:
    """Give one problem for each thing that pydantic found, at its key path."""
    return [_problem(detail, where) for detail in error.errors(include_url=False)]


def key_path(location: tuple[int | str, ...]) -> str:
    """Give `nodes.gw.aliases[0]` for pydantic's tuple."""
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path


def _problem(detail: ErrorDetails, where: str) -> Problem:
    # Of a key that isn't allowed pydantic says so below the key itself.
    location = tuple(part for part in detail["loc"] if part != "[key]")
    at = f"{where}: {key_path(location)}"
    key = str(location[-1])
    match detail["type"]:
        case "extra_forbidden":
            return _unknown_key(key, _section(location[:-1]), at)
        case "missing":
            return Problem(f"`{key}` is missing", at, _needed(key))
        case "enum" | "literal_error":
            return _unknown_word(detail, key, at)
        case kind if kind in _KINDS:
            return Problem(
                f"`{key}` must be {_KINDS[kind]}, not {_name(detail['input'])}",
                at,
                f"write {_KINDS[kind]}",
            )
        case kind if kind in _LIMITS:
            limit = next(iter(detail.get("ctx", {}).values()))
            return Problem(f"`{key}` {_LIMITS[kind].format(limit)}", at, f"change {key}")
    if location[0] == "check":
        what, mend = f"{detail['input']!r} names no finding", "write LAB0116, or LAB0116:NODE"
    elif "environments" in location:
        what = f"an environment can't be called {detail['input']!r}"
        mend = "use letters, digits, blanks and `. _ -`, the first and last a letter or digit"
    else:
        what, mend = f"`{key}`: {detail['msg']}", f"change {key}"
    return Problem(what, at, mend)


def _unknown_key(key: str, section: type[BaseModel], at: str) -> Problem:
    allowed = tuple(section.model_fields)
    near = get_close_matches(key, allowed, n=1)
    hint = f"did you mean `{near[0]}`? " if near else ""
    return Problem(f"unknown key `{key}`", at, f"{hint}allowed here: {', '.join(allowed)}")


def _unknown_word(detail: ErrorDetails, key: str, at: str) -> Problem:
    if detail["type"] == "enum":
        return unknown("role", str(detail["input"]), [role.value for role in Role], at)
    expected = detail.get("ctx", {})["expected"]
    return Problem(f"`{key}` can't be {detail['input']!r}", at, f"write {expected}")


def _section(location: tuple[int | str, ...]) -> type[BaseModel]:
    if not location:
        return TopologyFile
    return _SECTIONS.get(str(location[0])) or _NAMED[str(location[0])]


def _needed(key: str) -> str:
    return {
        "lab": 'add [lab] with version = "4.1.0"',
        "nodes": "add a [nodes.NAME] table for each node, with role and hostname",
        "version": 'add version = "4.1.0", or another release of the product',
        "role": f"add role = one of {', '.join(Role)}",
        "hostname": "add the name that the other nodes use for it, such as gw.wso2.com",
    }.get(key, f"add {key}")


def _name(value: Any) -> str:
    names = {
        str: "a string",
        bool: "a boolean",
        int: "a whole number",
        float: "a number",
        list: "an array",
        dict: "a table",
    }
    return names.get(type(value), "a date or time")

"""Gives the valid sections of a file that isn't valid as a whole, so that rules can judge them."""

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

Section = TypeVar("Section", bound=BaseModel)


def section_of(kind: type[Section], table: Any) -> Section | None:
    """Give a table as its section; None when it is none, whose problems are told elsewhere."""
    try:
        return kind.model_validate(table)
    except ValidationError:
        return None


def sections_of(kind: type[Section], tables: Any) -> dict[str, Section] | None:
    """Give tables by name as their sections; None when any of them is none."""
    if not isinstance(tables, dict):
        return None
    found = {name: section_of(kind, table) for name, table in tables.items()}
    valid = {name: section for name, section in found.items() if section is not None}
    return valid if len(valid) == len(found) else None

"""Checks that the keystores that a node's file names lie in the product's own folder."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from lab.wiring.check.case import Case, error
from lab.wiring.finding import Finding
from lab.wiring.settings import Settings, Value

SECURITY = "resources/security"  # beside a home's `repository/conf`
_SUFFIXES = (".jks", ".p12", ".pfx", ".pkcs12")


def check_missing_stores(case: Case) -> Iterator[Finding]:
    """LAB0141: a store that isn't there, where the product's folder was given with others."""
    for settings in case.cluster.nodes.values() if case.stores else ():
        stores = _stores_of(settings)
        for key, value in _named(settings) if stores else ():
            name = _name_of(settings, value)
            if name and not _is_there(settings, name, stores):
                what = f"repository/{SECURITY} holds no {name}"
                mend = f"put it there, or name one of {', '.join(sorted(stores))}"
                yield error("LAB0141", what, value.used_at, mend, key=key)


def _named(settings: Settings) -> Iterator[tuple[str, Value]]:
    """Give the files that the node's own file names, with their keys."""
    for described in (*settings.tables.keystores, settings.tables.truststore):
        is_text = isinstance(settings.written(described.file), str)
        value = settings.value(described.file) if is_text else None
        if value is not None and value.is_known:
            yield described.file, value


def _name_of(settings: Settings, value: Value) -> str:
    """Give a file's name; nothing where it is said to lie elsewhere, or is hardly one."""
    folder = settings.tables.store_folder
    is_whole = bool(folder) and value.raw.startswith(folder)
    path = PurePosixPath((value.raw if is_whole else value.text).removeprefix(folder))
    return path.name if str(path) == path.name and path.suffix else ""


def _stores_of(settings: Settings) -> frozenset[str]:
    """Give the names of the stores in the node's home; none where only its files were given."""
    if settings.path is None or settings.path.parent.name != "conf":
        return frozenset()
    folder = settings.path.parents[1] / SECURITY
    found = folder.iterdir() if folder.is_dir() else iter(())
    return frozenset(one.name for one in found if one.suffix.lower() in _SUFFIXES)


def _is_there(settings: Settings, name: str, stores: frozenset[str]) -> bool:
    if name in stores or settings.path is None:
        return True
    conf = settings.path.parent
    return any((folder / name).is_file() for folder in (conf, conf.parent / SECURITY))

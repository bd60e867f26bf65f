"""Checks what the values are made of: references, text that XML refuses, lists, keys overridden."""

import re
from collections.abc import Iterator

from lab.wiring.check.addresses import never_has_a_port
from lab.wiring.check.case import Case, error, warning
from lab.wiring.finding import Finding
from lab.wiring.reading import Reading
from lab.wiring.settings import Settings, Trouble
from lab.wiring.toml_reader import pattern, spell

_BARE = re.compile(r"<|&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9A-Fa-f]+);)")
# Tables that are copied into XML files; others become properties files, where both may stand.
_RENDERED = (
    *("database", "datasource", "super_admin", "apim", "event_listener", "keystore"),
    *("server", "truststore", "user_store", "transport", "realm_manager", "encryption"),
)
_LOGIN = ("username", "password")
# Logins that the templates put into AMQP URLs alone, in CDATA; and those that become elements, too.
_FOR_AMQP = tuple(f"apim.{of}.jms.{name}" for of in ("throttling", "event_hub") for name in _LOGIN)
_FOR_BOTH = tuple(
    f"{of}.{name}" for of in ("super_admin", "apim.throttling", "apim.event_hub") for name in _LOGIN
)
TYPOGRAPHIC = re.compile("[\u2018\u2019\u201c\u201d\u2013\u2014]")


def check_references(case: Case) -> Iterator[Finding]:
    """LAB0112, LAB0113: a value that the files don't tell, or that nobody can."""
    for reading in case.readings:
        if never_has_a_port(reading):
            continue  # the whole address has to be written, which is said there
        values = (reading.value, *(reading.account or ()))
        for value in values:
            for trouble in value.troubles:
                yield _unresolved(reading, trouble)


def _unresolved(reading: Reading, trouble: Trouble) -> Finding:
    link = reading.link
    if trouble.never:
        mend = "write the value, or set the key that it refers to"
        return error("LAB0113", trouble.what, trouble.at, mend, link)
    mend = "the link is checked when the nodes run; write the value to have it checked here"
    return warning("LAB0112", trouble.what, trouble.at, mend, link)


def check_texts(case: Case) -> Iterator[Finding]:
    """LAB0121, LAB0128: characters that break the XML, or that a web page put in."""
    for settings in case.cluster.nodes.values():
        for path, leaf in settings.document.leaves():
            if not isinstance(leaf, str) or path[0] not in _RENDERED:
                continue
            at = settings.document.position(path)
            bare = None if pattern(path) in _FOR_AMQP else _BARE.search(leaf)
            if bare:
                what = f"{spell(path)} holds a bare {bare[0]}, and is copied into XML as it is"
                mend = "write &lt;" if bare[0] == "<" else "write &amp;"
                if pattern(path) in _FOR_BOTH:
                    mend = "choose one without & and <, which AMQP logins don't take as XML does"
                yield error("LAB0121", what, at, mend, key=spell(path))
            quote = TYPOGRAPHIC.search(leaf)
            if quote and path[-1] != "description":
                what = f"{spell(path)} holds {quote[0]}, as copied from a web page"
                yield warning("LAB0128", what, at, "write the plain character", key=spell(path))


def check_characters(case: Case) -> Iterator[Finding]:
    """LAB0128 alone, for files that are XML and can't hold a bare `&`."""
    for settings in case.cluster.nodes.values():
        for path, leaf in settings.document.leaves():
            found = TYPOGRAPHIC.search(leaf)
            if found and not str(path[-1]).lower().endswith("description"):
                what = f"{spell(path)} holds {found[0]}, as copied from a web page"
                mend = "write the plain character"
                at = settings.document.position(path)
                yield warning("LAB0128", what, at, mend, key=spell(path))


def check_overridden(case: Case) -> Iterator[Finding]:
    """LAB0124: a key that another one makes the product ignore."""
    for settings in case.cluster.nodes.values():
        for ignored, winner in settings.tables.overridden_by.items():
            if settings.written(winner) is not None:
                yield from _ignored(settings, ignored, winner)


def _ignored(settings: Settings, ignored: str, winner: str) -> Iterator[Finding]:
    for path, _ in settings.document.leaves():
        if pattern(path) == ignored:
            what = f"{spell(path)} is ignored, because {winner} is set"
            at = settings.document.position(path)
            yield warning("LAB0124", what, at, f"remove it, or {winner}", key=spell(path))

"""Checks the logins that the product writes, as they stand, into the URLs of AMQP connections."""

import re
from collections.abc import Iterator

from lab.products.facts import Line, Protocol
from lab.products.logins import BREAK_AMQP_URL
from lab.wiring.check.case import Case, error
from lab.wiring.finding import Finding
from lab.wiring.settings import Value

_BREAKS_AMQP = re.compile(rf"[{re.escape(BREAK_AMQP_URL)}\s]")
_ESCAPED = re.compile(r"&(?:amp|lt|gt|quot|apos|#\d+|#x[0-9A-Fa-f]+);")
_MEND = "use letters, digits and - _ . ~ ! $ ' ( ) * + , ; = only"
_JMS = "jms"  # the table whose login goes into AMQP URLs alone


def check_amqp_characters(case: Case) -> Iterator[Finding]:
    """LAB0123: a character that breaks an AMQP login, or is another one there than in XML."""
    for reading in case.readings:
        link = reading.link
        if link.protocol is not Protocol.AMQP or link.credentials is None:
            continue
        for part, value in zip(("user name", "password"), reading.account or (), strict=False):
            trouble = _trouble(value.text) or _trouble_of_both(case, value)
            if trouble:
                what = f"the {part} of AMQP logins holds {trouble}"
                yield error("LAB0123", what, value.at, _MEND, link)


def is_for_amqp_alone(value: Value) -> bool:
    """Tell whether a login stands in a table that no XML element is made of."""
    return _JMS in value.path and value.at == value.used_at


def _trouble(text: str) -> str:
    found = _BREAKS_AMQP.search(text)
    return f"{found[0]!r}, which breaks their URL" if found else ""


def _trouble_of_both(case: Case, value: Value) -> str:
    """Say what stands for one character in XML, and for itself in the URL."""
    found = _ESCAPED.search(value.text)
    if found is None or case.cluster.line is Line.XML or is_for_amqp_alone(value):
        return ""
    return f"{found[0]}, which is one character in XML and {len(found[0])} in their URL"

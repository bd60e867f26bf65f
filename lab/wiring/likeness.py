"""Which of two names may be a slip of the other: not one that whole words tell apart."""

import re
from difflib import SequenceMatcher

_BETWEEN = re.compile(r"[-_.]+")
_NEAR = 0.6  # of two words: `gatway` and `gateway` are, `tm` and `km` aren't


def may_be_meant(host: str, name: str) -> bool:
    """Tell whether *host* may be *name* with letters or numbers wrong.

    `wso2apim-service` isn't `wso2apim-km-service`: it has a word less, and each is right.
    """
    one, other = _label(host), _label(name)
    if _BETWEEN.sub("", one) == _BETWEEN.sub("", other):
        return True
    words, others = _words(one), _words(other)
    if len(words) < 2 and len(others) < 2:  # noqa: PLR2004  # names of one word each
        return True
    mine, its = words - others, others - words
    return len(mine) == len(its) and all(any(_are_near(a, b) for b in its) for a in mine)


def _are_near(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other).ratio() >= _NEAR


def _label(host: str) -> str:
    return host.lower().partition(".")[0]


def _words(label: str) -> frozenset[str]:
    return frozenset(word for word in _BETWEEN.split(label) if not word.isdigit() and word)

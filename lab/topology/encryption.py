"""What an encryption key must be, wherever it comes from."""

from collections.abc import Iterator

from lab.errors import Problem
from lab.products.encryption_4x import key_length_fault
from lab.products.logins import BREAK_XML
from lab.products.versions_4x import parse_version
from lab.topology.model import EncryptionSection

KEY_MEND = "make one by `openssl rand -hex 16`, or leave it out to let the lab make one"


def encryption_problems(section: EncryptionSection, release: str, where: str) -> Iterator[Problem]:
    """Give what keeps a key from being everybody's in this version; no message holds it."""
    at = f"{where}: encryption"
    if section.key is not None and section.key_file is not None:
        yield Problem("two keys, `key` and `key_file`", at, "keep one of them")
    if section.key is not None and (what := key_fault(section.key, release)):
        yield Problem(f"the key {what}", f"{at}.key", KEY_MEND)


def key_fault(key: str, release: str) -> str:
    """Tell why nodes of this version can't encrypt with this key; empty when they can."""
    if fault := key_length_fault(key, parse_version(release)):
        return fault
    if not (key.isascii() and key.isprintable()) or set(key) & set(BREAK_XML):
        return "has a character that the product's XML can't hold as it stands"
    return ""

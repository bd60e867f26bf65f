"""What an encryption key must be, wherever it comes from."""

from collections.abc import Iterator

from lab.errors import Problem
from lab.products.logins import BREAK_XML
from lab.topology.model import EncryptionSection

KEY_MEND = "make one by `openssl rand -hex 16`, or leave it out to let the lab make one"

# AES takes its key from the characters as they are (SymmetricKeyInternalCryptoProvider).
_KEY_LENGTHS = (16, 24, 32)


def encryption_problems(section: EncryptionSection, where: str) -> Iterator[Problem]:
    """Give what keeps a key from being everybody's; no message holds it."""
    at = f"{where}: encryption"
    if section.key is not None and section.key_file is not None:
        yield Problem("two keys, `key` and `key_file`", at, "keep one of them")
    if section.key is not None and (what := key_fault(section.key)):
        yield Problem(f"the key {what}", f"{at}.key", KEY_MEND)


def key_fault(key: str) -> str:
    """Tell why nodes can't encrypt with this key; empty when they can."""
    if len(key) not in _KEY_LENGTHS:
        return f"has {len(key)} characters, and AES takes 16, 24 or 32"
    if not (key.isascii() and key.isprintable()) or set(key) & set(BREAK_XML):
        return "has a character that the product's XML can't hold as it stands"
    return ""

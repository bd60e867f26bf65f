"""Blanks the passwords and keys in the texts of a dump."""

import re

# A string of TOML in each of its four forms; JSON and YAML have two of them.
_STRING = r"""
    "{3} [\s\S]*? "{3}+ | '{3} [\s\S]*? '{3}+ | "(?:[^"\\\n]|\\.)*" | '[^'\n]*'
"""
# A value under a key that speaks of a secret, in TOML, YAML, JSON or properties.
_SECRET = re.compile(
    rf"""(?ix) ( ["']? [\w.\-]* (?:pass(?:word|phrase|wd)?|secret|token|key_?store_pass|credential)
        [\w.\-]* ["']? \s* [=:] \s* ) ( {_STRING} | [^\s,}}\]]+ )"""
)
# The encryption key of a node's file or of the topology.
_KEY = re.compile(
    rf"(?<![\w.-]) ( (?:encryption\.)? key \s* = \s* ) (?P<value> {_STRING} )", re.VERBOSE
)
# The same of an element, or of a `<Property name="…">`.
_IN_XML = re.compile(
    r"""(?ix) ( <[\w.:-]*password[^<>]*(?<!/)> | name=["'][\w.-]*password["']\s*> )
        (?: <!\[CDATA\[ [\s\S]*? \]\]> | <!-- [\s\S]*? --> | [^<] )+"""
)
# User and password inside a URL.
_IN_URL = re.compile(r"(?<=://)[^/\s:@]+:[^@\s]+(?=@)")


def redact(text: str, secrets: frozenset[str]) -> str:
    """Blank every password: by its key, in a URL, and by its value wherever it stands."""
    text = _KEY.sub(r'\1"***"', _SECRET.sub(r'\1"***"', text))
    text = _IN_XML.sub(r"\1***", text)
    text = _IN_URL.sub("***:***", text)
    for secret in sorted(secrets, key=len, reverse=True):
        text = re.sub(rf"(?<![\w-]){re.escape(secret)}(?![\w-])", "***", text)
    return text


def keys_in(text: str) -> frozenset[str]:
    """Give the encryption keys in a node's file, whether it is TOML or was spoilt by hand."""
    values = (match["value"].strip("\"'") for match in _KEY.finditer(text))
    return frozenset(values) - {""}

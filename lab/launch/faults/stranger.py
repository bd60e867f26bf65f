"""A certificate with the right names, signed by an authority that nobody in the lab trusts."""

from collections.abc import Iterable

from lab.render.certificates import make_authority, make_pair
from lab.render.key_stock import make_key


def certificate_of_a_stranger(names: Iterable[str]) -> bytes:
    """Give key and certificate as PEM."""
    authority = make_authority("a stranger's", make_key())
    pair = make_pair(authority, names, make_key())
    return pair.key_pem() + pair.certificate_pem()

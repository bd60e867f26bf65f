"""Who may log in: the super admin of the configuration, for HTTP, AMQP and data publisher."""

import base64
import binascii
import hmac

from standin.configuration import Account


class Accounts:
    """The users of one node."""

    def __init__(self, super_admin: Account) -> None:
        self._super_admin = super_admin

    def knows(self, username: str, password: str) -> bool:
        """Tell whether *username* with *password* may log in."""
        # A user of the super tenant may be written with its tenant, also in JMS URLs.
        name = username.replace("!", "@").removesuffix("@carbon.super")
        right = self._super_admin
        same_name = hmac.compare_digest(name.encode(), right.username.encode())
        return hmac.compare_digest(password.encode(), right.password.encode()) and same_name

    def accepts_basic(self, authorization: str) -> bool:
        """Tell whether the value of an `Authorization` header is Basic with a known user."""
        pair = basic_pair(authorization)
        return pair is not None and self.knows(*pair)


def basic_pair(authorization: str) -> tuple[str, str] | None:
    """Return user and password of a Basic `Authorization` header, `None` where it is none."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(token.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    username, colon, password = text.partition(":")
    return (username, password) if colon else None

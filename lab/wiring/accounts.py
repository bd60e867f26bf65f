"""Finds whom a node logs in as: the first pair of keys that is defined, in the product's order."""

from lab.wiring.link import Credentials
from lab.wiring.settings import Settings, Value, steps
from lab.wiring.toml_reader import KeyPath

Account = tuple[Value, Value]


def find_account(
    settings: Settings, accounts: tuple[tuple[str, str], ...], path: KeyPath
) -> Account | None:
    """Give the first pair of user name and password that is defined."""
    for username_key, password_key in accounts:
        username = _setting(settings, username_key, path)
        password = _setting(settings, password_key, path)
        if username and password:
            return username, password
    return None


def _setting(settings: Settings, key: str, path: KeyPath) -> Value | None:
    if not key.startswith("."):
        return settings.value(key)
    sibling = (*path[:-1], *steps(key))
    return settings.resolved(sibling) if settings.document.value(sibling) is not None else None


def credentials_of(account: Account | None) -> Credentials | None:
    """Give what the node logs in with; None when it can't be known from the files."""
    if account is None or not (account[0].is_known and account[1].is_known):
        return None
    username, password = account
    return Credentials(username.text, password.text, username.at, password.at)

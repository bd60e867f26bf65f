"""The users of a node whose `user-mgt.xml` names an LDAP server: asked there at each login."""

import socket
from collections.abc import Iterator
from typing import Self

from standin import log
from standin.accounts import Accounts
from standin.classic.configuration import LdapUserStore
from standin.classic.ldap import ber
from standin.classic.ldap.filters import with_name
from standin.configuration import Account

_BIND, _UNBIND, _SEARCH = 0x60, 0x42, 0x63
_BIND_ANSWER, _ENTRY, _DONE = 0x61, 0x64, 0x65
_SIMPLE = 0x80
_SUBTREE = 2
_CONTEXT = "org.wso2.carbon.user.core.ldap.LDAPConnectionContext"


class UserStoreError(Exception):
    """The LDAP server can't be reached, or refuses the connection's own name and password."""


class LdapAccounts(Accounts):
    """The users of one LDAP user store; each login takes two binds, as the product's does."""

    def __init__(self, super_admin: Account, store: LdapUserStore) -> None:
        super().__init__(super_admin)
        self._store = store

    def check(self) -> None:
        """Bind as the store's own connection; raises UserStoreError."""
        with self._connected() as connection:
            connection.bind_as_the_store(self._store)

    def knows(self, username: str, password: str) -> bool:
        """Tell whether *username* is found under the search base and may bind with *password*."""
        name = username.replace("!", "@").removesuffix("@carbon.super")
        if not name or not password:
            return False
        try:
            with self._connected() as connection:
                connection.bind_as_the_store(self._store)
                found = connection.find(self._store, name)
            if found is None:
                return False
            with self._connected() as connection:
                return connection.bind(found, password) == 0
        except UserStoreError as fault:
            log.error(_CONTEXT, str(fault))
            return False

    def _connected(self) -> "_Connection":
        store = self._store
        try:
            sock = socket.create_connection((store.host, store.port), store.timeout)
        except OSError as fault:
            raise UserStoreError(
                f"Error obtaining connection. {store.host}:{store.port} ({fault})"
            ) from fault
        return _Connection(sock)


class _Connection:
    """One connection to the LDAP server, closed at the end of its block."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._stream = sock.makefile("rb")
        self._number = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()
        self._socket.close()

    def bind_as_the_store(self, store: LdapUserStore) -> None:
        """Bind with the configured name; raises UserStoreError when that is refused."""
        code = self.bind(store.account.username, store.account.password)
        if code:
            where = f"{store.host}:{store.port}"
            raise UserStoreError(
                f"Error obtaining connection. {where} [LDAP: error code {code}] "
                f"for {store.account.username}"
            )

    def bind(self, name: str, password: str) -> int:
        """Return the result code of a simple bind."""
        request = ber.element(
            _BIND, ber.integer(3), ber.octets(name), ber.octets(password, tag=_SIMPLE)
        )
        for tag, content in self._ask(request):
            if tag == _BIND_ANSWER:
                return _code(content)
        raise UserStoreError("Error obtaining connection: no answer to the bind")

    def find(self, store: LdapUserStore, username: str) -> str | None:
        """Return the DN of the entry that the user name filter finds for *username*."""
        request = ber.element(
            _SEARCH,
            ber.octets(store.search_base),
            ber.integer(_SUBTREE, ber.ENUMERATED),
            ber.integer(0, ber.ENUMERATED),
            ber.integer(0),
            ber.integer(0),
            ber.element(ber.BOOLEAN, b"\0"),
            with_name(store.name_filter, username),
            ber.element(ber.SEQUENCE, ber.octets("1.1")),
        )
        found = None
        for tag, content in self._ask(request):
            if tag == _ENTRY:
                found = ber.elements(content)[0][1].decode("utf-8", "replace")
            if tag == _DONE:
                if code := _code(content):
                    raise UserStoreError(f"search under {store.search_base}: error code {code}")
                return found
        return found

    def _ask(self, request: bytes) -> Iterator[ber.Element]:
        self._number += 1
        message = ber.element(ber.SEQUENCE, ber.integer(self._number), request)
        try:
            self._socket.sendall(message)
            while True:
                yield self._receive()[1]
        except (OSError, ber.BerError, IndexError) as fault:
            raise UserStoreError(f"Error obtaining connection: {fault!r}") from fault

    def _receive(self) -> list[ber.Element]:
        head = self._stream.read(2)
        if len(head) < 2:  # noqa: PLR2004 - tag and length
            raise ConnectionResetError("closed without an answer")
        size = head[1]
        if size & 0x80:
            size = int.from_bytes(self._stream.read(size & 0x7F), "big")
        return ber.elements(self._stream.read(min(size, ber.MESSAGE_LIMIT)))


def _code(content: bytes) -> int:
    return ber.number(ber.elements(content)[0][1])

"""Puts one node of the 2.x line together for its role: ports to serve, peers to dial."""

import asyncio
import ssl
import time
from collections.abc import Coroutine, Sequence
from typing import Any

from standin import log
from standin.acceptor import Acceptor, Listener
from standin.accounts import Accounts
from standin.background import Background
from standin.broker.connection import serve_amqp
from standin.broker.routing import VirtualHost
from standin.classic import admin_services, key_validation, oauth, stores, throttle_data
from standin.classic.axis2 import CONTEXT, axis2
from standin.classic.configuration import API_MANAGER, ClassicConfiguration
from standin.classic.gateway import Gateway, TokenCache
from standin.classic.key_client import Validate, by_soap
from standin.classic.ldap.server import LdapServer
from standin.classic.ldap.user_store import LdapAccounts, UserStoreError
from standin.classic.thrift.authenticator import CONTEXT as AUTHENTICATOR
from standin.classic.thrift.authenticator import Sessions, authenticator
from standin.classic.thrift.client import by_thrift
from standin.classic.thrift.server import serve_key_validation
from standin.database import Database
from standin.databridge import receiver as databridge
from standin.databridge.agent import Agent
from standin.gateway import websocket_port
from standin.http_server import TOMCAT_PLAIN_ANSWER, Handler, serve_http
from standin.hub.listener import listen
from standin.keystore import Identity, client_context, server_context
from standin.oauth import webapp
from standin.servlet import servlet

_FINALIZER = "org.wso2.carbon.core.internal.StartupFinalizerServiceComponent"
_BROKER = "org.wso2.carbon.andes.internal.QpidServiceComponent"
_REALM = "org.wso2.carbon.user.core.internal.Activator"
_THRIFT = "org.wso2.carbon.apimgt.keymgt.internal.APIKeyMgtServiceComponent"
_SESSION_SECONDS = 30 * 60.0
_TOPICS = ("throttleData",)
_PRODUCTS = {API_MANAGER: "WSO2 API Manager"}
_IDENTITY_SERVER = "WSO2 Identity Server"


class ClassicNode:
    """One node: its configuration, its databases and users, what it serves and dials."""

    def __init__(
        self, configuration: ClassicConfiguration, identity: Identity, trusted: str, version: str
    ) -> None:
        self._configuration = configuration
        self._identity = identity
        self._version = version
        self._server = f"{_PRODUCTS.get(configuration.role, _IDENTITY_SERVER)}-{version}"
        self._trust = client_context(trusted)
        self._databases = {
            name: Database(source, identity)
            for name, source in configuration.stores.datasources.items()
        }
        nothing = Database(None, identity)
        self._apim_db = self._databases.get(configuration.stores.api_manager, nothing)
        self._accounts = _accounts(configuration)
        self._thrift_sessions = Sessions()
        self._background = Background("org.wso2.carbon.standin.Node")

    async def serve(self, began: float, delay: float) -> None:
        """Start as the product does: directory, databases, users, then the ports and the peers.

        *began* is the monotonic time at which the process started its work, *delay* the seconds
        before the first port opens.
        """
        settings = self._configuration.embedded_ldap
        directory = None if settings is None else LdapServer(settings)
        acceptors = [Acceptor(listener) for listener in self._listeners()]
        acceptors += self._thrift_acceptors()
        await stores.prepare(self._configuration.stores, self._databases)
        await asyncio.sleep(delay)
        if directory is not None:
            directory.open()
        if not await asyncio.to_thread(self._users_answer):
            # The product's JVM stays up, and no port of it ever opens.
            await asyncio.Event().wait()
        for acceptor in acceptors:
            acceptor.open()
        self._say_started(began)
        for work in self._dialling():
            self._background.spawn(work)
        await asyncio.Event().wait()

    def _users_answer(self) -> bool:
        if not isinstance(self._accounts, LdapAccounts):
            return True
        try:
            self._accounts.check()
        except UserStoreError as fault:
            log.error(_REALM, f"{fault}")
            log.error(_REALM, "Cannot start User Manager Core bundle")
            return False
        return True

    def _say_started(self, began: float) -> None:
        if self._is_api_manager:
            port = 5672 + self._configuration.offset
            log.info(_BROKER, f"Successfully connected to AMQP server on port {port}")
        seconds = max(1, round(time.monotonic() - began))
        log.info(_FINALIZER, f"Server           :  {self._server} (stand-in)")
        log.info(_FINALIZER, f"WSO2 Carbon started in {seconds} sec")

    @property
    def _is_api_manager(self) -> bool:
        return self._configuration.role == API_MANAGER

    def _listeners(self) -> list[Listener]:
        offset = self._configuration.offset
        https = server_context(self._identity, newest=ssl.TLSVersion.TLSv1_2)
        secure = serve_http(servlet(self._version, self._contexts(over_tls=True)))
        plain = serve_http(servlet(self._version, self._contexts(over_tls=False)))
        listeners = [
            Listener(9443 + offset, secure, https, TOMCAT_PLAIN_ANSWER),
            Listener(9763 + offset, plain),
        ]
        if self._is_api_manager:
            listeners += self._gateway_listeners(https) + self._messaging_listeners()
        return listeners

    def _contexts(self, *, over_tls: bool) -> dict[str, Handler]:
        """Return the web contexts of a servlet port; both roles have those of a key manager."""
        accounts, apim_db = self._accounts, self._apim_db
        services = {
            key_validation.NAME: key_validation.key_validation(apim_db),
            admin_services.SUBSCRIBER: admin_services.subscriber_service(apim_db),
            admin_services.AUTHENTICATION: admin_services.authentication_admin(accounts),
        }
        port = 9443 + self._configuration.offset
        return {
            CONTEXT: axis2(accounts, services, self._server, over_tls=over_tls),
            webapp.CONTEXT: oauth.oauth(
                f"https://localhost:{port}", self._identity, accounts, apim_db
            ),
            throttle_data.CONTEXT: throttle_data.throttle_data(accounts, apim_db),
            AUTHENTICATOR: authenticator(accounts, self._thrift_sessions),
        }

    def _gateway_listeners(self, https: ssl.SSLContext) -> list[Listener]:
        configuration = self._configuration
        gateway = Gateway(
            self._server,
            self._apim_db,
            self._validate(),
            configuration.validator.service.url,
            trust=self._trust,
            cache=TokenCache(enabled=configuration.caches_tokens),
        )
        passing, offset = serve_http(gateway.handler()), configuration.offset
        return [
            Listener(8280 + offset, passing),
            Listener(8243 + offset, passing, https),
            Listener(9099 + offset, serve_http(websocket_port)),
        ]

    def _validate(self) -> Validate:
        validator = self._configuration.validator
        if validator.by_thrift:
            return by_thrift(validator, self._trust)
        return by_soap(validator.service, self._trust)

    def _thrift_acceptors(self) -> list[Acceptor]:
        """Give the thrift port; a host that isn't the node's own leaves the node without it."""
        validator = self._configuration.validator
        if not validator.serves_thrift:
            return []
        serve = serve_key_validation(self._apim_db, self._thrift_sessions)
        tls = server_context(self._identity, newest=ssl.TLSVersion.TLSv1_2)
        host, port = validator.server_host, validator.server_port
        try:
            return [Acceptor(Listener(port, serve, tls, host=host))]
        except OSError as fault:
            log.error(_THRIFT, f"Could not create ServerSocket on address {host}:{port}: {fault}")
            return []

    def _messaging_listeners(self) -> list[Listener]:
        offset = self._configuration.offset
        receiver = databridge.Receiver(
            self._accounts, databridge.Sessions(_SESSION_SECONDS), _taken
        )
        newest = server_context(self._identity, newest=ssl.TLSVersion.TLSv1_3)
        return [
            Listener(5672 + offset, serve_amqp(self._accounts, VirtualHost())),
            Listener(8672 + offset, databridge.silent),
            Listener(9611 + offset, receiver.serve),
            Listener(9711 + offset, receiver.serve, newest),
        ]

    def _dialling(self) -> Sequence[Coroutine[Any, Any, None]]:
        messaging = self._configuration.messaging
        work: list[Coroutine[Any, Any, None]] = [
            Agent(group, messaging.publisher, self._trust).keep_logged_in()
            for group in messaging.groups
        ]
        if messaging.decisions:
            work.append(listen(messaging.decisions, messaging.jms, _TOPICS))
        return work


def _accounts(configuration: ClassicConfiguration) -> Accounts:
    if configuration.user_store is None:
        return Accounts(configuration.super_admin)
    return LdapAccounts(configuration.super_admin, configuration.user_store)


def _taken(_stream_id: str, _payload: dict[str, object]) -> None:
    """Take an event of the data publisher and do nothing: stand-ins decide no throttling."""

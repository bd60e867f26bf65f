"""Puts one node together for its role: ports to serve, peers to dial, order of the start."""

import asyncio
import ssl
import time
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from standin import log, rows
from standin.acceptor import Acceptor, Listener
from standin.accounts import Accounts
from standin.background import Background
from standin.bootstrap import Bootstrap
from standin.broker.connection import serve_amqp
from standin.broker.routing import VirtualHost
from standin.configuration import (
    GATEWAY_ROLES,
    HUB_ROLES,
    OAUTH_ROLES,
    TRAFFIC_ROLES,
    Configuration,
)
from standin.database import Database, check_datasources, reach_servers
from standin.databridge.agent import Agent
from standin.databridge.receiver import Receiver, Sessions, silent
from standin.databridge.streams import STREAMS, THROTTLE_REQUEST, text_message
from standin.first_start import write_first_rows
from standin.gateway import (
    HEALTHCHECK_CONTEXT,
    passthrough,
    startup_healthcheck,
    websocket_port,
    websub_port,
)
from standin.http_server import TOMCAT_PLAIN_ANSWER, Handler, Request, Response, serve_http
from standin.hub.copies import Copies
from standin.hub.listener import listen
from standin.hub.publisher import Publisher
from standin.internal_data import CONTEXT as DATA_CONTEXT
from standin.internal_data import internal_data
from standin.keystore import Identity, client_context, server_context
from standin.notify import notify
from standin.oauth import events, tokens, webapp
from standin.portals import portal_contexts
from standin.resident import key_managers_with_resident
from standin.servlet import servlet

if TYPE_CHECKING:
    from standin.traffic.apis import Apis
    from standin.traffic.limits import Limits

_FINALIZER = "org.wso2.carbon.core.internal.StartupFinalizerServiceComponent"
_BROKER = "org.wso2.carbon.andes.internal.QpidServiceComponent"
# What a gateway hears from the event hub, and from the traffic manager.
_HUB_TOPICS = {
    "gateway-worker": (
        "notification",
        "tokenRevocation",
        "cacheInvalidation",
        "keyManager",
        "throttleData",
        "asyncWebhooksData",
    ),
    "control-plane": ("notification", "keyManager"),
    "traffic-manager": ("notification",),
}
_HUB_TOPICS["default"] = _HUB_TOPICS["gateway-worker"]
_DECISION_TOPICS = ("throttleData",)
_SERVERS_START, _SERVERS_COME = 2.0, 120.0  # seconds: silence until it is told, until given up


class Node:
    """One node of the cluster: its configuration, its databases and what it serves and dials."""

    def __init__(
        self, configuration: Configuration, identity: Identity, trusted: str, version: str
    ) -> None:
        self._configuration = configuration
        self._identity = identity
        self._version = version
        self._trust = client_context(trusted)
        self._accounts = Accounts(configuration.super_admin)
        self._databases = {
            name: Database(datasource, identity)
            for name, datasource in configuration.datasources.items()
        }
        self._apim_db = self._databases.get("apim_db", Database(None, identity))
        hub, throttling = configuration.event_hub, configuration.throttling
        self._bootstrap = Bootstrap(hub, configuration.gateway_labels, self._trust)
        self._hub_agents = [Agent(each, hub.account, self._trust) for each in hub.groups]
        self._throttling_agents = [
            Agent(each, throttling.receiver, self._trust) for each in throttling.groups
        ]
        self._hub_publisher = Publisher(hub.listening, hub.account)
        self._decision_publisher = Publisher(throttling.decisions, throttling.jms)
        self._copies = Copies(configuration, version)
        self._background = Background("org.wso2.carbon.standin.Node")
        self._rest: Handler | None = None
        self._apis: Apis | None = None
        self._limits: Limits | None = None

    async def serve(self, began: float, delay: float) -> None:
        """Check the databases, open the ports after *delay* seconds, dial the peers and serve.

        *began* is the monotonic time at which the process started its work.
        """
        acceptors = [Acceptor(listener) for listener in self._listeners()]
        await self._prepare_databases()
        await asyncio.sleep(delay)
        for acceptor in acceptors:
            acceptor.open()
        if self._configuration.role in HUB_ROLES and self._configuration.traffic_management:
            port = 5672 + self._configuration.offset
            log.info(_BROKER, f"Successfully connected to AMQP server on port {port}")
            log.info(_BROKER, "WSO2 Message Broker is started. (stand-in)")
        seconds = max(1, round(time.monotonic() - began))
        log.info(_FINALIZER, f"Server           :  WSO2 API Manager-{self._version} (stand-in)")
        log.info(_FINALIZER, f"WSO2 Carbon started in {seconds} sec")
        for work in self._dialling():
            self._background.spawn(work)
        await asyncio.Event().wait()

    async def _prepare_databases(self) -> None:
        """Wait a moment for servers that start beside the node; one that stays away is told."""
        databases = self._databases.values()
        reached = await reach_servers(databases, within=_SERVERS_START)
        await check_datasources(self._databases, dict(self._configuration.datasources))
        if reached:
            await self._write_first_rows()
        else:
            self._background.spawn(self._write_first_rows_later())

    async def _write_first_rows(self) -> None:
        shared = self._databases.get("shared_db")
        if shared is not None:
            await write_first_rows(shared, self._configuration.super_admin)

    async def _write_first_rows_later(self) -> None:
        if await reach_servers(self._databases.values(), within=_SERVERS_COME):
            await self._write_first_rows()

    def _listeners(self) -> list[Listener]:
        configuration = self._configuration
        https = server_context(self._identity, newest=ssl.TLSVersion.TLSv1_2)
        servlets = serve_http(servlet(self._version, self._contexts()))
        listeners = [
            Listener(configuration.https_port, servlets, https, TOMCAT_PLAIN_ANSWER),
            Listener(configuration.http_port, servlets),
        ]
        if configuration.role in GATEWAY_ROLES:
            listeners += self._gateway_listeners(https)
        if configuration.traffic_management and configuration.role in HUB_ROLES:
            broker = serve_amqp(self._accounts, VirtualHost())
            listeners.append(Listener(5672 + configuration.offset, broker))
            # TLS 1.0 only on the product: a modern handshake gets no answer.
            listeners.append(Listener(8672 + configuration.offset, silent))
        if configuration.traffic_management and configuration.role in TRAFFIC_ROLES:
            listeners += self._receiver_listeners()
        return listeners

    def _gateway_listeners(self, https: ssl.SSLContext) -> list[Listener]:
        offset = self._configuration.offset
        passing = serve_http(passthrough(self._version, self._call_api))
        websockets, websub = serve_http(websocket_port), serve_http(websub_port)
        return [
            Listener(8280 + offset, passing),
            Listener(8243 + offset, passing, https),
            Listener(9099 + offset, websockets),
            Listener(8099 + offset, websockets, https),
            Listener(9021 + offset, websub),
            Listener(8021 + offset, websub, https),
        ]

    def _receiver_listeners(self) -> list[Listener]:
        sessions = Sessions(self._configuration.session_minutes * 60)
        receiver = Receiver(self._accounts, sessions, self._forward)
        plain, secure = self._configuration.receiver_ports
        tls = server_context(self._identity, newest=ssl.TLSVersion.TLSv1_3)
        return [Listener(plain, receiver.serve), Listener(secure, receiver.serve, tls)]

    def _contexts(self) -> dict[str, Handler]:
        role = self._configuration.role
        contexts: dict[str, Handler] = {}
        if role in TRAFFIC_ROLES:
            contexts[DATA_CONTEXT] = internal_data(
                self._accounts, self._apim_db, self._reads(), notify(self._apim_db, self._publish)
            )
        if role in OAUTH_ROLES:
            contexts[webapp.CONTEXT] = self._oauth()
            contexts |= self._portals()
        if role in GATEWAY_ROLES:
            contexts[HEALTHCHECK_CONTEXT] = startup_healthcheck(
                self._accounts, self._bootstrap.deployed
            )
        return contexts

    def _portals(self) -> dict[str, Handler]:
        """Return the REST services, which nobody asks in most labs: each loads when it is asked."""

        async def handle(request: Request) -> Response:
            if self._rest is None:
                from standin.portals.contexts import handler  # noqa: PLC0415

                self._rest = handler(
                    self._configuration,
                    self._version,
                    self._accounts,
                    self._apim_db,
                    trust=self._trust,
                    publish=self._publish,
                )
            return await self._rest(request)

        return dict.fromkeys(portal_contexts(self._configuration.role), handle)

    def _reads(self) -> dict[str, rows.Read]:
        reads = dict(rows.READS)
        manager = self._configuration.key_manager
        if manager.registers:
            reads["keymanagers"] = key_managers_with_resident(
                manager.service_url, manager.account, self._trust
            )
        return reads

    def _oauth(self) -> Handler:
        configuration = self._configuration
        base_url = f"https://{configuration.hostname}:{configuration.https_port}"
        revoked = events.event_sender(configuration.event_listener, self._trust)
        return webapp.oauth(
            base_url,
            self._identity,
            tokens.introspect(self._accounts, self._apim_db),
            tokens.issue(self._accounts, self._apim_db),
            tokens.revoke(self._apim_db, revoked),
        )

    def _dialling(self) -> Sequence[Coroutine[Any, Any, None]]:
        """Return what the node keeps doing towards its peers, by role and configuration."""
        configuration = self._configuration
        role, hub, throttling = (
            configuration.role,
            configuration.event_hub,
            configuration.throttling,
        )
        work: list[Coroutine[Any, Any, None]] = []
        if hub.enabled:
            work += [agent.keep_logged_in() for agent in self._hub_agents]
            if role in _HUB_TOPICS:
                topics = _HUB_TOPICS[role]
                work.append(listen(hub.listening, hub.account, topics, self._hear, self._catch_up))
        if throttling.publishes:
            work += [agent.keep_logged_in() for agent in self._throttling_agents]
        if role in GATEWAY_ROLES:
            decisions = throttling.decisions
            work.append(listen(decisions, throttling.jms, _DECISION_TOPICS, self._hear))
            work.append(self._bootstrap.read_as_gateway(self._deploy))
        if configuration.counts_requests:
            work.append(self._bootstrap.read_as_traffic_manager())
        return work

    def _hear(self, topic: str, payload: dict[str, Any]) -> None:
        """Take what a gateway heard: something was deployed or subscribed to, or is throttled."""
        if self._configuration.role not in GATEWAY_ROLES:
            return
        if topic == "notification":
            self._background.spawn(self._deploy())
        elif topic == "throttledata" and self._apis is not None:
            self._apis.throttle(payload)

    def _catch_up(self) -> None:
        """Read again what a gateway read before it was subscribed to what changes it."""
        if self._configuration.role in GATEWAY_ROLES and self._bootstrap.deployed():
            self._background.spawn(self._deploy())

    async def _deploy(self) -> None:
        """Read the gateway's APIs; most never have one."""
        if self._apis is None:
            from standin.traffic.apis import Apis  # noqa: PLC0415

            manager = self._configuration.key_manager
            self._apis = Apis(self._bootstrap, manager, self._count_request)
        await self._apis.read()

    async def _call_api(self, request: Request) -> Response | None:
        return None if self._apis is None else await self._apis.answer(request)

    def _count_request(self, stream_id: str, values: Sequence[Any]) -> None:
        for agent in self._throttling_agents:
            self._background.spawn(agent.publish(stream_id, values))

    def _publish(self, stream_id: str, values: Sequence[Any]) -> None:
        """Send an event to every receiver group of the event hub, without waiting for it."""
        for agent in self._hub_agents:
            self._background.spawn(agent.publish(stream_id, values))

    def _forward(self, stream_id: str, payload: dict[str, object]) -> None:
        """Publish an event that the receiver got on its stream's topic; other streams end here."""
        stream = STREAMS[stream_id]
        if stream_id == THROTTLE_REQUEST:
            self._limit(payload)
        if stream.topic is None:
            return
        publisher = self._decision_publisher if stream.decision else self._hub_publisher
        self._background.spawn(publisher.publish(stream.topic, text_message(payload)))
        second = self._copies.target(stream_id, stream)
        if second is not None:
            self._background.spawn(second.publish(stream.topic, *self._copies.message(payload)))

    def _limit(self, request: dict[str, object]) -> None:
        """Count a request event by the policies that were retrieved, and publish what follows."""
        from standin.traffic.limits import DECISION_STREAM, Limits  # noqa: PLC0415

        if self._limits is None and self._bootstrap.policies:
            self._limits = Limits(self._bootstrap.policies)
        if self._limits is not None:
            for decision in self._limits.count(request):
                self._forward(DECISION_STREAM, decision)

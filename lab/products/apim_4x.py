"""The facts of WSO2 API Manager 4.0 to 4.7: what each role is, opens, keeps and waits for.

Ports: what a 4.1.0 cluster was seen to open, profile by profile; 4.0 to 4.7 have the same set.
What a version has of its own is a row of `versions_4x`.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from lab.products.broker_store import BROKER_STORE
from lab.products.encryption_4x import KEY_NEEDED_SINCE
from lab.products.facts import (
    Front,
    Protocol,
    Release,
    Role,
    RoleFacts,
    SchemaFacts,
    ServedPort,
    Start,
    Store,
)
from lab.products.versions_4x import ROWS, version_of

MANAGEMENT_PORT = 9443
SERVLET_HTTP_PORT = 9763
BALANCER_HTTPS_PORT = 443
BALANCER_HTTP_PORT = 80
AMQP_PORT = 5672
BINARY_PORT = 9611
BINARY_TLS_PORT = 9711
GATEWAY_HTTP_PORT = 8280
GATEWAY_HTTPS_PORT = 8243
GATEWAY_WS_PORT = 9099
GATEWAY_WSS_PORT = 8099
WEBSUB_HTTP_PORT = 9021
WEBSUB_HTTPS_PORT = 8021

WEBSUB = "WebSub"

_SERVLET = (
    ServedPort(SERVLET_HTTP_PORT, Protocol.HTTP, "servlet transport"),
    ServedPort(9999, Protocol.TCP, "JMX registry"),
    ServedPort(11111, Protocol.TCP, "JMX server"),
)
_MANAGEMENT = ServedPort(MANAGEMENT_PORT, Protocol.HTTPS, "servlet transport")
_PUBLISHED_MANAGEMENT = ServedPort(
    MANAGEMENT_PORT, Protocol.HTTPS, "servlet transport", published=True
)
_BROKER = (
    ServedPort(AMQP_PORT, Protocol.AMQP, "broker"),
    ServedPort(8672, Protocol.TLS, "broker over TLS"),
)
_RECEIVER = (
    ServedPort(BINARY_PORT, Protocol.BINARY, "data receiver"),
    ServedPort(BINARY_TLS_PORT, Protocol.BINARY_TLS, "data receiver's login"),
)
# Taken to move with an offset as the others do; that was not measured.
_AUTHENTICATION = ServedPort(10711, Protocol.TCP, "thrift authentication")
_GATEWAY = (
    ServedPort(GATEWAY_HTTP_PORT, Protocol.HTTP, "API traffic", published=True),
    ServedPort(GATEWAY_HTTPS_PORT, Protocol.HTTPS, "API traffic", published=True),
    ServedPort(GATEWAY_WS_PORT, Protocol.WS, "WebSocket APIs", published=True),
    ServedPort(GATEWAY_WSS_PORT, Protocol.WSS, "WebSocket APIs", published=True),
    ServedPort(WEBSUB_HTTP_PORT, Protocol.HTTP, WEBSUB),
    ServedPort(WEBSUB_HTTPS_PORT, Protocol.HTTPS, WEBSUB),
)

_USUAL_PORTS = (BALANCER_HTTPS_PORT, BALANCER_HTTP_PORT)
_MANAGEMENT_FRONTS = (
    Front(BALANCER_HTTPS_PORT, MANAGEMENT_PORT, Protocol.HTTPS),
    Front(BALANCER_HTTP_PORT, SERVLET_HTTP_PORT, Protocol.HTTP),
)
_INNER_FRONTS = tuple(replace(front, published=False) for front in _MANAGEMENT_FRONTS)
# One port can't lead to two without opening the TLS; the pass-through transport answers
# `/services/` too (measured on 4.1.0), so the document's URLs without a port work on both counts.
_GATEWAY_FRONTS = (
    Front(BALANCER_HTTPS_PORT, GATEWAY_HTTPS_PORT, Protocol.HTTPS, also=MANAGEMENT_PORT),
    Front(BALANCER_HTTP_PORT, GATEWAY_HTTP_PORT, Protocol.HTTP, also=SERVLET_HTTP_PORT),
    Front(GATEWAY_HTTPS_PORT, GATEWAY_HTTPS_PORT, Protocol.HTTPS),
    Front(GATEWAY_HTTP_PORT, GATEWAY_HTTP_PORT, Protocol.HTTP),
    Front(MANAGEMENT_PORT, MANAGEMENT_PORT, Protocol.HTTPS),
    Front(GATEWAY_WS_PORT, GATEWAY_WS_PORT, Protocol.WS),
    Front(GATEWAY_WSS_PORT, GATEWAY_WSS_PORT, Protocol.WSS),
)
# One balancer before both halves: people come to the portals by 443, to APIs by 8243.
_WHOLE_FRONTS = (
    *_MANAGEMENT_FRONTS,
    *(front for front in _GATEWAY_FRONTS if front.port not in _USUAL_PORTS),
)


def _sorted(*ports: ServedPort) -> tuple[ServedPort, ...]:
    return tuple(sorted(ports, key=lambda served: served.port))


def _roles(profiles: Mapping[Role, str], starts: Mapping[Role, Start]) -> Mapping[Role, RoleFacts]:
    return MappingProxyType(
        {
            Role.GATEWAY: RoleFacts(
                profile=profiles[Role.GATEWAY],
                start=starts[Role.GATEWAY],
                # A gateway runs a broker of its own, and no data receiver.
                ports=_sorted(
                    _PUBLISHED_MANAGEMENT, *_SERVLET, *_BROKER, *_GATEWAY, _AUTHENTICATION
                ),
                databases=MappingProxyType({"shared_db": Store.H2}),
                peers=(Role.CONTROL_PLANE, Role.KEY_MANAGER, Role.TRAFFIC_MANAGER),
                after=(Role.CONTROL_PLANE,),
                fronts=_GATEWAY_FRONTS,
            ),
            Role.CONTROL_PLANE: RoleFacts(
                profile=profiles[Role.CONTROL_PLANE],
                start=starts[Role.CONTROL_PLANE],
                ports=_sorted(
                    _PUBLISHED_MANAGEMENT, *_SERVLET, *_BROKER, *_RECEIVER, _AUTHENTICATION
                ),
                databases=MappingProxyType({"apim_db": Store.MYSQL, "shared_db": Store.MYSQL}),
                peers=(Role.KEY_MANAGER, Role.GATEWAY, Role.TRAFFIC_MANAGER),
                # Both write the first rows of an empty shared_db: side by side one hangs at times.
                after=(Role.KEY_MANAGER,),
                fronts=_MANAGEMENT_FRONTS,
                is_sticky=True,  # publisher, devportal and admin
            ),
            Role.TRAFFIC_MANAGER: RoleFacts(
                profile=profiles[Role.TRAFFIC_MANAGER],
                start=starts[Role.TRAFFIC_MANAGER],
                ports=_sorted(_MANAGEMENT, *_SERVLET, *_BROKER, *_RECEIVER),
                databases=MappingProxyType({"apim_db": Store.H2, "shared_db": Store.H2}),
                peers=(Role.CONTROL_PLANE,),
                # It asks for its policies once; without an answer it never throttles.
                after=(Role.CONTROL_PLANE,),
                fronts=_INNER_FRONTS,
            ),
            Role.KEY_MANAGER: RoleFacts(
                profile=profiles[Role.KEY_MANAGER],
                start=starts[Role.KEY_MANAGER],
                ports=_sorted(_PUBLISHED_MANAGEMENT, *_SERVLET, _AUTHENTICATION),
                databases=MappingProxyType({"apim_db": Store.MYSQL, "shared_db": Store.MYSQL}),
                peers=(Role.CONTROL_PLANE,),
                after=(),
                fronts=_MANAGEMENT_FRONTS,
                is_sticky=True,  # its log-in pages
            ),
            Role.ALL_IN_ONE: RoleFacts(
                profile=profiles[Role.ALL_IN_ONE],
                start=starts[Role.ALL_IN_ONE],
                ports=_sorted(
                    _PUBLISHED_MANAGEMENT,
                    *_SERVLET,
                    *_BROKER,
                    *_RECEIVER,
                    *_GATEWAY,
                    _AUTHENTICATION,
                ),
                databases=MappingProxyType({"apim_db": Store.MYSQL, "shared_db": Store.MYSQL}),
                peers=(),
                after=(Role.KEY_MANAGER,),
                fronts=_WHOLE_FRONTS,
                is_sticky=True,  # publisher, devportal and admin
            ),
        }
    )


# latin1 for both: from 4.2 the keys of apim_db outgrow MySQL's 3072 bytes under utf8mb4.
_SCHEMAS: Mapping[str, SchemaFacts] = MappingProxyType(
    {
        "apim_db": SchemaFacts(
            script="apimgt/mysql.sql",
            charset="latin1",
            collation="latin1_swedish_ci",
            h2_url="jdbc:h2:./repository/database/WSO2AM_DB;AUTO_SERVER=TRUE;DB_CLOSE_ON_EXIT=FALSE",
        ),
        "shared_db": SchemaFacts(
            script="mysql.sql",
            charset="latin1",
            collation="latin1_swedish_ci",
            h2_url="jdbc:h2:./repository/database/WSO2SHARED_DB;DB_CLOSE_ON_EXIT=FALSE",
        ),
    }
)

RELEASES: Mapping[str, Release] = MappingProxyType(
    {
        version: Release(
            product="apim",
            title="WSO2 API Manager",
            version=version,
            roles=_roles(row.profiles, row.starts),
            schemas=_SCHEMAS,
            further=BROKER_STORE,
            jdk=row.jdk,
            uid=row.uid,
            connector=row.connector,
            mysql=row.mysql,
            needs_key=version_of(version) >= KEY_NEEDED_SINCE,
        )
        for version, row in ROWS.items()
    }
)

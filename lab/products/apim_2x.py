"""The facts of WSO2 API Manager 2.1 with IS as its Key Manager: roles, ports, databases.

Ports: what a 2.1.0 node with its default profile was seen to open. 10397 and 10711 (thrift) listen
at localhost only, so no other node sees them.
"""

from collections.abc import Mapping
from types import MappingProxyType

from lab.products.broker_store import BROKER_STORE
from lab.products.facts import (
    Jdk,
    Line,
    Protocol,
    Release,
    Role,
    RoleFacts,
    SchemaFacts,
    ServedPort,
    Start,
    Store,
)
from lab.products.is_km_5x import KEY_MANAGER

_API_MANAGER = RoleFacts(
    profile="default",
    start=Start(distribution="wso2am", script="bin/wso2server.sh"),
    ports=(
        ServedPort(5672, Protocol.AMQP, "broker"),
        ServedPort(7611, Protocol.TCP, "thrift data receiver"),
        ServedPort(7711, Protocol.TLS, "thrift data receiver's login"),
        ServedPort(8243, Protocol.HTTPS, "API traffic", published=True),
        ServedPort(8280, Protocol.HTTP, "API traffic", published=True),
        ServedPort(8672, Protocol.TLS, "broker over TLS"),
        ServedPort(9099, Protocol.WS, "WebSocket APIs"),
        ServedPort(9443, Protocol.HTTPS, "servlet transport", published=True),
        ServedPort(9611, Protocol.BINARY, "data receiver"),
        ServedPort(9711, Protocol.BINARY_TLS, "data receiver's login"),
        ServedPort(9763, Protocol.HTTP, "servlet transport"),
        ServedPort(9999, Protocol.TCP, "JMX registry"),
        ServedPort(11111, Protocol.TCP, "JMX server"),
    ),
    databases=MappingProxyType(
        {"apimgtdb": Store.MYSQL, "userdb": Store.MYSQL, "regdb": Store.MYSQL}
    ),
    peers=(Role.KEY_MANAGER,),
    # Without the key manager's LDAP the realm fails, and no port of it ever opens (measured).
    after=(Role.KEY_MANAGER,),
)

# `mysql.sql` has defaults of 0, which MySQL refuses since 5.7.8; its twin has none. latin1: the
# keys of apimgtdb outgrow 3072 bytes under utf8mb4.
_SCHEMAS: Mapping[str, SchemaFacts] = MappingProxyType(
    {
        name: SchemaFacts(script=script, charset="latin1", collation="latin1_swedish_ci")
        for name, script in (
            ("apimgtdb", "apimgt/mysql5.7.sql"),
            ("userdb", "mysql5.7.sql"),
            ("regdb", "mysql5.7.sql"),
        )
    }
)

RELEASES: Mapping[str, Release] = MappingProxyType(
    {
        "2.1.0": Release(
            product="apim",
            title="WSO2 API Manager",
            version="2.1.0",
            roles=MappingProxyType({Role.API_MANAGER: _API_MANAGER, Role.KEY_MANAGER: KEY_MANAGER}),
            schemas=_SCHEMAS,
            further=BROKER_STORE,
            jdk=Jdk(7, 8, "8"),
            uid=802,
            connector="5.1.49",
            mysql="5.5",
            line=Line.XML,
        )
    }
)

"""The facts of WSO2 IS as Key Manager 5.3, which takes the tokens off API Manager 2.1.

Ports: carbon.xml of the 5.3.0 tag, and what the key manager profile of 2.1.0, which has the same
kernel, was seen to open.
"""

from types import MappingProxyType

from lab.products.facts import Ask, Protocol, Role, RoleFacts, ServedPort, Start, Store

LDAP_PORT = 10389
THRIFT_PORT = 10397

# Its release leaves the service `Version` out (`bin.xml` of product-is v5.3.0); seen on 5.3.0.
_ALIVE = Ask("GET", "/services/AuthenticationAdmin?wsdl", (200,), contains="AuthenticationAdmin")

KEY_MANAGER = RoleFacts(
    profile="default",
    start=Start(distribution="wso2is-km", script="bin/wso2server.sh", alive=_ALIVE),
    ports=(
        ServedPort(9443, Protocol.HTTPS, "servlet transport", published=True),
        ServedPort(9763, Protocol.HTTP, "servlet transport"),
        ServedPort(9999, Protocol.TCP, "JMX registry"),
        ServedPort(LDAP_PORT, Protocol.LDAP, "embedded LDAP"),
        ServedPort(11111, Protocol.TCP, "JMX server"),
    ),
    databases=MappingProxyType(
        {"apimgtdb": Store.MYSQL, "userdb": Store.MYSQL, "regdb": Store.MYSQL}
    ),
    peers=(Role.API_MANAGER,),
    after=(),
    version="5.3.0",
)

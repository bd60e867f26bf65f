"""The 2.x line's configuration elements that name a connection: who dials what, with which login.

A key is the file's name and the path of elements below its root; a `<Property name="x">` is the
element x. Sources: api-manager.xml of carbon-apimgt 6.1.66, carbon.xml and user-mgt.xml of kernel
4.4.11, and what a real 2.1.0 pair did.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from lab.products.connection_key import Base, ConnectionKey, Form
from lab.products.facts import Ask, Protocol, Role

_SOAP = {
    "https": Protocol.SOAP
}  # key validation over plain HTTP isn't supported (product-apim#2331)
_WEB = {"https": Protocol.HTTPS, "http": Protocol.HTTP}
_BROKER = {"tcp": Protocol.AMQP}
_RECEIVER = {"tcp": Protocol.BINARY, "ssl": Protocol.BINARY_TLS}
_ANALYTICS = {"tcp": Protocol.TCP, "ssl": Protocol.TLS}
_DIRECTORY = {"ldap": Protocol.LDAP, "ldaps": Protocol.LDAP}

_SERVLET_PORTS = {"https": 9443, "http": 9763}
_API_PORTS = {"http": 8280, "https": 8243}
_BROKER_PORTS = {"tcp": 5672}
_RECEIVER_PORTS = {"tcp": 9611, "ssl": 9711}
_THRIFT_RECEIVER_PORTS = {"tcp": 7611, "ssl": 7711}
_DIRECTORY_PORTS = {"ldap": 10389}

_AM = frozenset({Role.API_MANAGER})
_BOTH = frozenset({Role.API_MANAGER, Role.KEY_MANAGER})

_ACCOUNT = ((".Username", ".Password"),)
_ENVELOPE = (
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">'
    "<soapenv:Body>{}</soapenv:Body></soapenv:Envelope>"
)


def _soap(service: str, operation: str, body: str, contains: str) -> tuple[Ask, ...]:
    return (
        Ask(
            "POST",
            service,
            (200,),
            authenticated=True,
            headers=(
                ("Content-Type", "text/xml; charset=UTF-8"),
                ("SOAPAction", f'"urn:{operation}"'),
            ),
            body=_ENVELOPE.format(body),
            contains=contains,
        ),
    )


# The probe puts the link's own login into `{username}` and `{password}`.
LOGIN_ASKS = _soap(
    "AuthenticationAdmin",
    "login",
    '<ns:login xmlns:ns="http://authentication.services.core.carbon.wso2.org">'
    "<ns:username>{username}</ns:username><ns:password>{password}</ns:password>"
    "<ns:remoteAddress>127.0.0.1</ns:remoteAddress></ns:login>",
    ">true<",
)
# Measured: the operation's namespace is Axis2's own, and a token that nobody issued is 900901.
VALIDATE_ASKS = _soap(
    "APIKeyValidationService",
    "validateKey",
    '<ns:validateKey xmlns:ns="http://org.apache.axis2/xsd"><ns:context>/lab-probe</ns:context>'
    "<ns:version>1.0.0</ns:version><ns:accessToken>lab-probe</ns:accessToken>"
    "<ns:requiredAuthenticationLevel>Any</ns:requiredAuthenticationLevel>"
    "<ns:clientDomain></ns:clientDomain><ns:matchingResource>/</ns:matchingResource>"
    "<ns:httpVerb>GET</ns:httpVerb></ns:validateKey>",
    "900901",
)
ROOT_ASKS = (Ask("GET", "/", (200, 404)),)

AUTH_MANAGER = "api-manager.AuthManager.ServerURL"
KEY_VALIDATOR = "api-manager.APIKeyValidator.ServerURL"
KEY_VALIDATOR_TYPE = "api-manager.APIKeyValidator.KeyValidatorClientType"
WS_CLIENT, THRIFT_CLIENT = "WSClient", "ThriftClient"
THRIFT_CLIENT_PORT = "api-manager.APIKeyValidator.ThriftClientPort"
THRIFT_SERVER_ON = "api-manager.APIKeyValidator.EnableThriftServer"
THRIFT_SERVER_HOST = "api-manager.APIKeyValidator.ThriftServerHost"
THRIFT_SERVER_PORT = "api-manager.APIKeyValidator.ThriftServerPort"
VALIDATOR_ACCOUNT = (
    ("api-manager.APIKeyValidator.Username", "api-manager.APIKeyValidator.Password"),
)
ENVIRONMENT = "api-manager.APIGateway.Environments.Environment[].ServerURL"
REVOKE = "api-manager.OAuthConfigurations.RevokeAPIURL"
DIRECTORY = "user-mgt.Realm.UserStoreManager[].ConnectionURL"
_PUBLISHER = "api-manager.ThrottlingConfigurations.DataPublisher"
_DEPLOYER = "api-manager.ThrottlingConfigurations.PolicyDeployer"
_DECISIONS = "api-manager.ThrottlingConfigurations.JMSConnectionDetails"
DECISIONS = f"{_DECISIONS}.ServiceURL"
DECISION_LOGIN = (f"{_DECISIONS}.Username", f"{_DECISIONS}.Password")
DECISION_FACTORY = (
    f"{_DECISIONS}.JMSConnectionParameters.'connectionfactory.TopicConnectionFactory'"
)
RECEIVERS = f"{_PUBLISHER}.ReceiverUrlGroup"
RECEIVER_LOGINS = f"{_PUBLISHER}.AuthUrlGroup"
# What a traffic manager is asked for, and all that it is asked for.
THROTTLING = frozenset(
    {RECEIVERS, RECEIVER_LOGINS, f"{_DEPLOYER}.ServiceURL", DECISIONS, DECISION_FACTORY}
)
_WORKFLOW = "api-manager.WorkflowConfigurations"
_ANALYTICS_TABLE = "api-manager.Analytics"
_ANALYTICS_ON = f"{_ANALYTICS_TABLE}.Enabled"
_SUBSCRIBES = "subscribes to throttle decisions"


def _key_manager(key: str, why: str, asks: tuple[Ask, ...]) -> ConnectionKey:
    """Make the row of a service that the key manager offers, or the API manager for itself."""
    return ConnectionKey(
        key,
        why,
        _SOAP,
        _ACCOUNT,
        asks,
        Base.TEXT,
        peers=_BOTH,
        listens=_SERVLET_PORTS,
        dialled_by=_AM,
    )


_BINARY_RECEIVERS = ConnectionKey(
    RECEIVERS,
    "publishes request events for throttling",
    _RECEIVER,
    _ACCOUNT,
    form=Form.GROUP,
    peers=_AM,
    switch=f"{_PUBLISHER}.Enabled",
    partner=RECEIVER_LOGINS,
    listens=_RECEIVER_PORTS,
    dialled_by=_AM,
)
_BINARY_LOGINS = replace(
    _BINARY_RECEIVERS, key=RECEIVER_LOGINS, why="logs in to publish request events", partner=""
)


def _by_type(row: ConnectionKey) -> ConnectionKey:
    """Give the row with that of the same key over Thrift, whose ports alone can be seen."""
    over_thrift = replace(row, speaks=_ANALYTICS, partner="", listens=_THRIFT_RECEIVER_PORTS)
    return replace(row, kind_key=f"{_PUBLISHER}.Type", kinds={"thrift": over_thrift})


_ROWS = (
    _key_manager(
        AUTH_MANAGER, "logs the users of publisher and store in at the key manager", LOGIN_ASKS
    ),
    _key_manager(KEY_VALIDATOR, "asks the key manager whether a token is valid", VALIDATE_ASKS),
    ConnectionKey(
        ENVIRONMENT,
        "tells the gateway which APIs there are, and which cached entries are void",
        _SOAP,
        _ACCOUNT,
        LOGIN_ASKS,
        Base.TEXT,
        peers=_AM,
        listens=_SERVLET_PORTS,
    ),
    ConnectionKey(
        REVOKE,
        "revokes tokens through the gateway, which forgets them at once",
        _WEB,
        asks=ROOT_ASKS,
        peers=_AM,
        listens=_API_PORTS,
    ),
    # Of the next four a key manager makes noise in its log at most, and nothing depends on them.
    _by_type(_BINARY_RECEIVERS),
    _by_type(_BINARY_LOGINS),
    ConnectionKey(
        f"{_DEPLOYER}.ServiceURL",
        "deploys throttle policies",
        _SOAP,
        _ACCOUNT,
        LOGIN_ASKS,
        Base.TEXT,
        peers=_AM,
        listens=_SERVLET_PORTS,
        dialled_by=_AM,
    ),
    ConnectionKey(
        DECISIONS,
        _SUBSCRIBES,
        _BROKER,
        _ACCOUNT,
        peers=_AM,
        switch=f"{_DECISIONS}.Enabled",
        listens=_BROKER_PORTS,
        dialled_by=_AM,
    ),
    # As it is delivered it asks for the key above by `${jms.url}`.
    ConnectionKey(
        DECISION_FACTORY,
        _SUBSCRIBES,
        _BROKER,
        form=Form.FACTORY,
        peers=_AM,
        switch=f"{_DECISIONS}.Enabled",
        listens=_BROKER_PORTS,
        dialled_by=_AM,
    ),
    # Literal in the delivered file, where it follows neither offset nor password.
    ConnectionKey(
        "jndi.'connectionfactory.TopicConnectionFactory'",
        "publishes throttle decisions to its own broker",
        _BROKER,
        form=Form.FACTORY,
        peers=_AM,
        listens=_BROKER_PORTS,
        dialled_by=_AM,
    ),
    _key_manager(
        "api-manager.APIStore.ServerURL", "registers users who sign up at the store", LOGIN_ASKS
    ),
    ConnectionKey(
        f"{_ANALYTICS_TABLE}.DASServerURL",
        "publishes statistics to the analytics server",
        _ANALYTICS,
        form=Form.GROUP,
        switch=_ANALYTICS_ON,
        dialled_by=_AM,
    ),
    ConnectionKey(
        f"{_ANALYTICS_TABLE}.DASAuthServerURL",
        "logs in at the analytics server",
        _ANALYTICS,
        form=Form.GROUP,
        switch=_ANALYTICS_ON,
        dialled_by=_AM,
    ),
    ConnectionKey(
        f"{_ANALYTICS_TABLE}.DASRestApiURL",
        "asks the analytics server for statistics",
        _WEB,
        switch=_ANALYTICS_ON,
        dialled_by=_AM,
    ),
    ConnectionKey(
        f"{_WORKFLOW}.ServerUrl",
        "hands approvals to the workflow engine",
        _WEB,
        switch=f"{_WORKFLOW}.Enabled",
        dialled_by=_AM,
    ),
    ConnectionKey(
        DIRECTORY,
        "keeps its users in the LDAP server",
        _DIRECTORY,
        ((".ConnectionName", ".ConnectionPassword"),),
        peers=frozenset({Role.KEY_MANAGER}),
        listens=_DIRECTORY_PORTS,
        needed_by=_AM,
        may_be_outside=True,
        base_key=".UserSearchBase",
    ),
)

CONNECTION_KEYS: Mapping[str, ConnectionKey] = MappingProxyType({row.key: row for row in _ROWS})

# Addresses that the node hands to browsers, identifiers, and a template that is filled from others.
NOT_DIALLED = frozenset(
    {
        "api-manager.APIGateway.Environments.Environment[].GatewayEndpoint",
        "api-manager.APIStore.URL",
        "api-manager.APIPublisher.URL",
        "api-manager.JWTConfiguration.ConsumerDialectURI",
        "api-manager.APIConsumerAuthentication.ConsumerDialectURI",
        f"{_WORKFLOW}.WorkflowCallbackAPI",
        f"{_WORKFLOW}.TokenEndPoint",
        f"{_WORKFLOW}.DCREndPoint",
        "carbon.DeploymentSynchronizer.SvnUrl",
        "jndi.'connectionfactory.QueueConnectionFactory'",
        "carbon.FeatureRepository.RepositoryURL",
        "registry.remoteInstance[].@url",
        "registry.remoteInstance[].cacheId",
    }
)
# The datasources have a reader of their own.
NOT_DIALLED_TABLES = ("master-datasources.",)

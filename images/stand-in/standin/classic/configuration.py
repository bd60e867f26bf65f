"""Reads the XML files of a 2.x node, as the product of that line reads them."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from standin import urls
from standin.classic.xml_files import XmlFile, read_xml
from standin.configuration import Account, Datasource, Keystore

API_MANAGER, KEY_MANAGER = "api-manager", "key-manager"

_GROUP = re.compile(r"\{([^{}]*)\}")
_LDAP_PORT, _THRIFT_PORT = 10389, 10397
_LDAP_CLASS = "LDAPUserStoreManager"
_LDAP_FILE = "identity/embedded-ldap.xml"


@dataclass(frozen=True, slots=True)
class EmbeddedLdap:
    """`embedded-ldap.xml`: the server that a key manager brings, and who is in it."""

    port: int
    realm: str
    connection_password: str  # of uid=admin,ou=system
    users: tuple[Account, ...]  # the partition's administrator first


@dataclass(frozen=True, slots=True)
class LdapUserStore:
    """The `<UserStoreManager>` of an LDAP class; *timeout* in seconds."""

    host: str
    port: int
    account: Account  # the DN and password of its own connection
    search_base: str
    name_filter: str
    timeout: float


@dataclass(frozen=True, slots=True)
class Service:
    """A URL under which another node's services lie, and how to log in there."""

    url: str
    account: Account


@dataclass(frozen=True, slots=True)
class KeyValidator:
    """`<APIKeyValidator>`: where and how a gateway has its tokens checked."""

    service: Service
    by_thrift: bool
    thrift_port: int  # that the client dials, on the key manager of `service`
    serves_thrift: bool
    server_host: str
    server_port: int


@dataclass(frozen=True, slots=True)
class Messaging:
    """`<ThrottlingConfigurations>`: the data publisher's groups and the topic of decisions."""

    publisher: Account
    groups: tuple[urls.Group, ...]  # none where it is switched off
    jms: Account
    decisions: tuple[urls.Endpoint, ...]


@dataclass(frozen=True, slots=True)
class Stores:
    """The datasources by their JNDI names, and which of them serves what."""

    datasources: Mapping[str, Datasource]
    api_manager: str
    users: str
    registry: str


@dataclass(frozen=True, slots=True)
class ClassicConfiguration:
    """One node of the 2.x line, resolved."""

    role: str
    offset: int
    super_admin: Account
    keystore: Keystore
    truststore: Keystore
    stores: Stores
    user_store: LdapUserStore | None
    embedded_ldap: EmbeddedLdap | None
    auth_manager: Service
    validator: KeyValidator
    caches_tokens: bool
    messaging: Messaging


def read_classic(home: Path) -> ClassicConfiguration:
    """Read the files under *home*; raises OSError, or ValueError when one can't be used."""
    conf = home / "repository/conf"
    bare = read_xml(conf / "carbon.xml", {})
    offset = int(bare.text("Ports/Offset", "0"))
    properties = _properties(home, bare, offset)
    users = read_xml(conf / "user-mgt.xml", properties)
    admin = Account(
        users.text("Realm/Configuration/AdminUser/UserName", "admin"),
        users.text("Realm/Configuration/AdminUser/Password", "admin"),
    )
    properties |= {"admin.username": admin.username, "admin.password": admin.password}
    carbon = read_xml(conf / "carbon.xml", properties)
    manager = read_xml(conf / "api-manager.xml", properties)
    role = _role(home)
    return ClassicConfiguration(
        role=role,
        offset=offset,
        super_admin=admin,
        keystore=_keystore(carbon, "KeyStore"),
        truststore=_keystore(carbon, "TrustStore"),
        stores=_stores(conf, manager, users, properties),
        user_store=_user_store(users),
        embedded_ldap=_embedded_ldap(conf, properties, admin) if role == KEY_MANAGER else None,
        auth_manager=_service(manager, "AuthManager"),
        validator=_validator(manager, offset),
        caches_tokens=manager.flag("CacheConfigurations/EnableGatewayTokenCache", default=True),
        messaging=_messaging(manager, properties),
    )


def _role(home: Path) -> str:
    told = os.environ.get("STAND_IN_ROLE")
    if told:
        return told
    is_identity = (home / "repository/conf" / _LDAP_FILE).exists() or "wso2is" in home.name
    return KEY_MANAGER if is_identity else API_MANAGER


def _properties(home: Path, carbon: XmlFile, offset: int) -> dict[str, str]:
    """Return the system properties that a node of this line has."""
    ldap = int(carbon.text("Ports/EmbeddedLDAP/LDAPServerPort", str(_LDAP_PORT))) + offset
    return {
        "carbon.home": str(home),
        "carbon.local.ip": "127.0.0.1",
        "carbon.host": carbon.text("HostName", "localhost"),
        "carbon.protocol": "https",
        "carbon.context": "/",
        "carbon.management.port": str(9443 + offset),
        "mgt.transport.https.port": str(9443 + offset),
        "mgt.transport.http.port": str(9763 + offset),
        "http.nio.port": str(8280 + offset),
        "https.nio.port": str(8243 + offset),
        "receiver.url.port": str(9611 + offset),
        "auth.url.port": str(9711 + offset),
        "jms.port": str(5672 + offset),
        "Ports.Offset": str(offset),
        "Ports.EmbeddedLDAP.LDAPServerPort": str(ldap),
    }


def _keystore(carbon: XmlFile, name: str) -> Keystore:
    path = f"Security/{name}"
    return Keystore(
        Path(carbon.text(f"{path}/Location")),
        carbon.text(f"{path}/KeyAlias"),
        carbon.text(f"{path}/Password"),
    )


def _service(manager: XmlFile, path: str) -> Service:
    return Service(
        manager.text(f"{path}/ServerURL").rstrip("/") + "/",
        _account(manager, path),
    )


def _validator(manager: XmlFile, offset: int) -> KeyValidator:
    path = "APIKeyValidator"
    own = _THRIFT_PORT + offset  # a port that is written isn't shifted
    return KeyValidator(
        service=_service(manager, path),
        by_thrift=manager.text(f"{path}/KeyValidatorClientType", "ThriftClient") == "ThriftClient",
        thrift_port=int(manager.text(f"{path}/ThriftClientPort", str(own))),
        serves_thrift=manager.flag(f"{path}/EnableThriftServer", default=True),
        server_host=manager.text(f"{path}/ThriftServerHost", "localhost"),
        server_port=int(manager.text(f"{path}/ThriftServerPort", str(own))),
    )


def _messaging(manager: XmlFile, properties: Mapping[str, str]) -> Messaging:
    publisher, jms = (
        f"ThrottlingConfigurations/{name}" for name in ("DataPublisher", "JMSConnectionDetails")
    )
    publishes = manager.flag(f"{publisher}/Enabled", default=False)
    listens = manager.flag(f"{jms}/Enabled", default=False)
    receivers = manager.text(f"{publisher}/ReceiverUrlGroup")
    authenticators = manager.text(f"{publisher}/AuthUrlGroup")
    topic = manager.text(f"{jms}/ServiceURL", f"tcp://127.0.0.1:{properties['jms.port']}")
    return Messaging(
        publisher=_account(manager, publisher),
        groups=_groups(receivers, authenticators) if publishes else (),
        jms=_account(manager, jms),
        decisions=urls.endpoints(topic) if listens else (),
    )


def _account(manager: XmlFile, path: str) -> Account:
    return Account(manager.text(f"{path}/Username"), manager.text(f"{path}/Password"))


def _groups(receivers: str, authenticators: str) -> tuple[urls.Group, ...]:
    """Return the groups of `{url,url},{url|url}`, or of one URL without braces."""
    receiving = _GROUP.findall(receivers) or [receivers]
    answering = _GROUP.findall(authenticators) or [authenticators]
    tables = [
        {"urls": each, "auth_urls": answering[at] if at < len(answering) else ""}
        for at, each in enumerate(receiving)
        if each
    ]
    return urls.groups(tables, "urls", "auth_urls")


def _stores(conf: Path, manager: XmlFile, users: XmlFile, properties: Mapping[str, str]) -> Stores:
    master = read_xml(conf / "datasources/master-datasources.xml", properties)
    found = {}
    for each in master.parts("datasources/datasource"):
        name = each.text("jndiConfig/name") or each.text("name")
        found[name] = _datasource(each)
    return Stores(
        datasources=found,
        api_manager=manager.text("DataSourceName", "jdbc/WSO2AM_DB"),
        users=_properties_of(users).named("dataSource", "jdbc/WSO2CarbonDB"),
        registry=_registry(read_xml(conf / "registry.xml", properties)),
    )


def _properties_of(users: XmlFile) -> XmlFile:
    part = users.part("Realm/Configuration")
    if part is None:
        raise ValueError("user-mgt.xml: no Realm/Configuration")
    return part


def _registry(registry: XmlFile) -> str:
    """Return the datasource behind the mounted collections, or the one of the node alone."""
    sources = {
        each.attribute("name"): each.text("dataSource") for each in registry.parts("dbConfig")
    }
    mounted = registry.text("remoteInstance/dbConfig", registry.text("currentDBConfig"))
    return sources.get(mounted, "")


def _datasource(part: XmlFile) -> Datasource:
    written = part.text("definition/configuration/url")
    address, _, query = written.removeprefix("jdbc:").partition("?")
    host, port = "", 0
    kind = address.partition(":")[0]
    if kind == "mysql":
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or 3306
    return Datasource(
        key=part.text("name"),
        kind=kind,
        host=host,
        port=port,
        schema=address.rpartition("/")[2],
        username=part.text("definition/configuration/username"),
        password=part.text("definition/configuration/password"),
        options=dict(each.partition("=")[::2] for each in query.split("&") if each),
        fault=None,
    )


def _user_store(users: XmlFile) -> LdapUserStore | None:
    part = users.part("Realm/UserStoreManager")
    if part is None or _LDAP_CLASS not in part.attribute("class"):
        return None
    endpoint = urlsplit(part.named("ConnectionURL"))
    if not endpoint.hostname:
        raise ValueError("user-mgt.xml: ConnectionURL names no host")
    return LdapUserStore(
        host=endpoint.hostname,
        port=endpoint.port or 389,
        account=Account(part.named("ConnectionName"), part.named("ConnectionPassword")),
        search_base=part.named("UserSearchBase"),
        name_filter=part.named("UserNameSearchFilter", "(&(objectClass=person)(uid=?))"),
        timeout=int(part.named("LDAPConnectionTimeout", "5000")) / 1000,
    )


def _embedded_ldap(
    conf: Path, properties: Mapping[str, str], super_admin: Account
) -> EmbeddedLdap | None:
    path = conf / _LDAP_FILE
    default = properties["Ports.EmbeddedLDAP.LDAPServerPort"]
    if not path.exists():
        return EmbeddedLdap(int(default), "wso2.org", "admin", (super_admin,))
    file = read_xml(path, properties)
    server = file.part("EmbeddedLDAP")
    if server is None or server.named("enable", "true").lower() != "true":
        return None
    partition, admin = file.part("DefaultPartition"), file.part("PartitionAdmin")
    own = super_admin
    if admin is not None:
        own = Account(
            admin.named("uid", super_admin.username),
            admin.named("password", super_admin.password),
        )
    return EmbeddedLdap(
        port=int(server.named("port", default)),
        realm="wso2.org" if partition is None else partition.named("realm", "wso2.org"),
        connection_password=server.named("connectionPassword", "admin"),
        users=(own, super_admin),
    )

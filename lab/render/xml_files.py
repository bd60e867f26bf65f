"""Makes the XML files of a node of the 2.x line, as the document tells it to edit them.

Source: "Configuring WSO2 IS as a Key manager" (API Manager 2.1, IS-KM 5.3), whose elements
api-manager.xml of 2.1.0 names. What is edited is the product's own file where one is given.
"""

from collections.abc import Callable, Mapping
from importlib import resources

from lab.plan.containers import node_configuration
from lab.plan.model import Plan, PlannedNode, SchemaPlace
from lab.products.apim_4x import GATEWAY_HTTPS_PORT, MANAGEMENT_PORT
from lab.products.facts import Role
from lab.products.is_km_5x import LDAP_PORT
from lab.products.tables_2x import SERVER_KEYS
from lab.render.jndi import JNDI, jndi_properties
from lab.render.user_stores import directory
from lab.render.xml_tree import Element, XmlFile, tree

Edit = Callable[[XmlFile, Plan, PlannedNode], None]

# Connector/J 5.1 fails on 2.1 with TLS, and without it may not ask MySQL 8 and later for the key by
# which they take a password (measured with 2.1.0 on MySQL 9.7).
_PARAMETERS = "autoReconnect=true&useSSL=false&allowPublicKeyRetrieval=true"
_SOURCES = {
    "apimgtdb": ("WSO2AM_DB", "The datasource used for the API Manager database"),
    "userdb": ("WSO2UM_DB", "The datasource used by user manager"),
    "regdb": ("WSO2REG_DB", "The datasource used by the registry"),
}
_KEYS_OF = {role: key for key, role in SERVER_KEYS.items()}
_NAMES = {
    Role.API_MANAGER: "WSO2 API Manager",
    Role.KEY_MANAGER: "WSO2 Identity Server as Key Manager",
}
_GOVERNANCE, _CONFIG = "/_system/governance", "/_system/config"


def xml_files(
    plan: Plan, node: PlannedNode, given: Mapping[str, bytes] | None = None
) -> Mapping[str, bytes]:
    """Give the node's files by their names, edited over those of *given* where it has them.

    Raises `LabError` for a given file that is none of the product's.
    """
    made = {}
    for name in node_configuration(node):
        own = (given or {}).get(name)
        if name == JNDI:
            made[name] = jndi_properties(own or b"", node)
            continue
        file = XmlFile(_base(name) if own is None else own, f"{node.name}/{name}")
        of_base = _OF_BASE.get(name, ()) if own is None else ()
        for edit in (*of_base, *_EDITS.get(name, ())):
            edit(file, plan, node)
        made[name] = file.content()
    return made


def _base(name: str) -> bytes:
    return resources.files("lab.render.bases").joinpath(name).read_bytes()


def _product(file: XmlFile, _plan: Plan, node: PlannedNode) -> None:
    file.set("Name", _NAMES[node.role])
    file.set("ServerKey", _KEYS_OF[node.role])
    file.set("Version", node.version)


def _carbon(file: XmlFile, _plan: Plan, node: PlannedNode) -> None:
    file.set("HostName", node.hostname, after="Version")
    file.set("Ports/Offset", str(node.offset))


def _datasources(file: XmlFile, plan: Plan, node: PlannedNode) -> None:
    for database, place in node.databases.items():
        if place is not None:
            name, description = _SOURCES[database]
            made = _datasource(plan, name, description, place)
            file.put("datasources", made, key="name")


def _datasource(plan: Plan, name: str, description: str, place: SchemaPlace) -> Element:
    account = plan.server(place.server).accounts[0]
    commit = (("defaultAutoCommit", "false"),) if name == "WSO2AM_DB" else ()
    configuration = tree(
        "configuration",
        ("url", f"{_jdbc(plan, place)}?{_PARAMETERS}"),
        ("username", account.username),
        ("password", account.password),
        *commit,
        ("driverClassName", "com.mysql.jdbc.Driver"),
        ("maxActive", "50"),
        ("maxWait", "60000"),
        ("testOnBorrow", "true"),
        ("validationQuery", "SELECT 1"),
        ("validationInterval", "30000"),
    )
    return tree(
        "datasource",
        ("name", name),
        ("description", description),
        tree("jndiConfig", ("name", f"jdbc/{name}")),
        tree("definition", configuration, type="RDBMS"),
    )


def _jdbc(plan: Plan, place: SchemaPlace) -> str:
    server = plan.server(place.server)
    return f"jdbc:mysql://{server.hostname}:{server.port}/{place.schema}"


def _registry(file: XmlFile, plan: Plan, node: PlannedNode) -> None:
    """Mount the registry of all nodes; the node's own stays, as the document has it."""
    place = node.databases["regdb"]
    if place is None:
        return
    account = plan.server(place.server).accounts[0]
    config = tree("dbConfig", ("dataSource", "jdbc/WSO2REG_DB"), name="govregistry")
    instance = tree(
        "remoteInstance",
        ("id", "gov"),
        ("cacheId", f"{account.username}@{_jdbc(plan, place)}"),
        ("dbConfig", "govregistry"),
        ("readOnly", "false"),
        ("enableCache", "true"),
        ("registryRoot", "/"),
        url="https://localhost:9443/registry",  # a name, which nobody dials
    )
    file.put("", config, key="@name")
    file.put("", instance, key="id", behind=("dbConfig",))
    for path in (_GOVERNANCE, _CONFIG):
        mount = tree(
            "mount", ("instanceId", "gov"), ("targetPath", path), path=path, overwrite="true"
        )
        file.put("", mount, key="@path", behind=("remoteInstance",))


def _users(file: XmlFile, plan: Plan, node: PlannedNode) -> None:
    file.set("Realm/Configuration/AdminUser/UserName", node.super_admin.username)
    file.set("Realm/Configuration/AdminUser/Password", node.super_admin.password)
    if node.databases["userdb"] is not None:
        file.set_property("Realm/Configuration", "dataSource", "jdbc/WSO2UM_DB")
    holder = plan.nodes_of(Role.KEY_MANAGER)[0]
    if node.role is Role.KEY_MANAGER:
        url = "ldap://localhost:${Ports.EmbeddedLDAP.LDAPServerPort}"
    else:  # the property is the key manager's own: elsewhere its port is written
        url = f"ldap://{holder.hostname}:{LDAP_PORT + holder.offset}"
    file.put("Realm", directory(url), key="", behind=("Configuration",))


def _directory_server(file: XmlFile, _plan: Plan, node: PlannedNode) -> None:
    """Give the directory's first user the super admin's name and password, as it is the same."""
    file.set_property("PartitionAdmin", "uid", node.super_admin.username)
    file.set_property("PartitionAdmin", "password", node.super_admin.password)


def _api_manager(file: XmlFile, plan: Plan, node: PlannedNode) -> None:
    _FOR_ROLE[node.role](file, plan)


def _of_api_manager(file: XmlFile, plan: Plan) -> None:
    manager = plan.nodes_of(Role.KEY_MANAGER)[0]
    services = _services(manager)
    file.set("AuthManager/ServerURL", services)
    file.set("APIKeyValidator/ServerURL", services)
    file.set("APIKeyValidator/KeyValidatorClientType", "WSClient")
    file.set("APIKeyValidator/EnableThriftServer", "false")


def _of_key_manager(file: XmlFile, plan: Plan) -> None:
    gateway = plan.nodes_of(Role.API_MANAGER)[0]
    file.set("APIGateway/Environments/Environment/ServerURL", _services(gateway))
    # The literal port: IS has no property `https.nio.port`.
    port = GATEWAY_HTTPS_PORT + gateway.offset
    file.set("OAuthConfigurations/RevokeAPIURL", f"https://{gateway.hostname}:{port}/revoke")
    # It has neither receiver nor broker, and would complain about it every 30 s (measured).
    file.set("ThrottlingConfigurations/DataPublisher/Enabled", "false")
    file.set("ThrottlingConfigurations/JMSConnectionDetails/Enabled", "false")


def _services(node: PlannedNode) -> str:
    return f"https://{node.hostname}:{MANAGEMENT_PORT + node.offset}/services/"


_FOR_ROLE: Mapping[Role, Callable[[XmlFile, Plan], None]] = {
    Role.API_MANAGER: _of_api_manager,
    Role.KEY_MANAGER: _of_key_manager,
}
_OF_BASE: Mapping[str, tuple[Edit, ...]] = {"carbon.xml": (_product,)}
_EDITS: Mapping[str, tuple[Edit, ...]] = {
    "carbon.xml": (_carbon,),
    "master-datasources.xml": (_datasources,),
    "registry.xml": (_registry,),
    "user-mgt.xml": (_users,),
    "api-manager.xml": (_api_manager,),
    "embedded-ldap.xml": (_directory_server,),
}

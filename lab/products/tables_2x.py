"""The key tables of the 2.x line, put together."""

from lab.products.facts import Line, Role
from lab.products.key_tables import KeyTables, StoreKeys
from lab.products.keys_2x import (
    CONNECTION_KEYS,
    DECISION_FACTORY,
    DECISION_LOGIN,
    DECISIONS,
    NOT_DIALLED,
    NOT_DIALLED_TABLES,
)

# `<ServerKey>` of carbon.xml: the product, whatever profile of it runs.
SERVER_KEYS = {"AM": Role.API_MANAGER, "IS": Role.KEY_MANAGER}
_USERNAME = "user-mgt.Realm.Configuration.AdminUser.UserName"
_PASSWORD = "user-mgt.Realm.Configuration.AdminUser.Password"  # noqa: S105  # a key, not a value
_DIRECTORY_PORT = "carbon.Ports.EmbeddedLDAP.LDAPServerPort"

TABLES_2X = KeyTables(
    line=Line.XML,
    connection_keys=CONNECTION_KEYS,
    not_dialled=NOT_DIALLED,
    not_dialled_tables=NOT_DIALLED_TABLES,
    port_properties={
        "mgt.transport.https.port": ("", 9443),
        "carbon.management.port": ("", 9443),
        "mgt.transport.http.port": ("", 9763),
        "http.nio.port": ("", 8280),
        "https.nio.port": ("", 8243),
        "receiver.url.port": ("", 9611),
        "auth.url.port": ("", 9711),
        "jms.port": ("", 5672),
        "Ports.EmbeddedLDAP.LDAPServerPort": (_DIRECTORY_PORT, 10389),
    },
    offset="carbon.Ports.Offset",
    hostname="carbon.HostName",
    account=(_USERNAME, _PASSWORD),
    keystores=(
        StoreKeys(
            "carbon.Security.KeyStore.Location",
            "carbon.Security.KeyStore.Password",
            "carbon.Security.KeyStore.KeyAlias",
        ),
    ),
    truststore=StoreKeys(
        "carbon.Security.TrustStore.Location", "carbon.Security.TrustStore.Password"
    ),
    store_folder="${carbon.home}/repository/resources/security/",
    # A file that isn't given is taken for the product's own.
    defaults={"carbon.HostName": "localhost", _USERNAME: "admin", _PASSWORD: "admin"},
    port_keys={10389: _DIRECTORY_PORT},
    key_properties={
        "admin.username": _USERNAME,
        "admin.password": _PASSWORD,
        "carbon.host": "carbon.HostName",
        # Set from these keys by API Manager itself, for its own JMS parameters.
        "jms.url": DECISIONS,
        "jms.username": DECISION_LOGIN[0],
        "jms.password": DECISION_LOGIN[1],
    },
    overridden_by={DECISIONS: DECISION_FACTORY},
)

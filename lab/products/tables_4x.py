"""The key tables of the 4.x line, put together."""

from lab.products.defaults_4x import (
    DEFAULTS,
    ESSENTIAL,
    FALL_BACKS,
    OVERRIDDEN_BY,
    PORT_KEYS,
    PORT_PROPERTIES,
    ROLE_SWITCHES,
)
from lab.products.facts import Line
from lab.products.key_tables import KeyTables, StoreKeys
from lab.products.keys_4x import CONNECTION_KEYS
from lab.products.not_dialled_4x import CLAIMS, NOT_DIALLED, NOT_DIALLED_TABLES

TABLES_4X = KeyTables(
    line=Line.TOML,
    connection_keys=CONNECTION_KEYS,
    not_dialled=NOT_DIALLED,
    not_dialled_tables=NOT_DIALLED_TABLES,
    claims=CLAIMS,
    port_properties=PORT_PROPERTIES,
    offset="server.offset",
    hostname="server.hostname",
    account=("super_admin.username", "super_admin.password"),
    keystores=tuple(
        StoreKeys(f"{table}.file_name", f"{table}.password", f"{table}.alias")
        for table in ("keystore.tls", "keystore.primary")
    ),
    truststore=StoreKeys("truststore.file_name", "truststore.password"),
    defaults=DEFAULTS,
    port_keys=PORT_KEYS,
    key_properties={
        "admin.username": "super_admin.username",
        "admin.password": "super_admin.password",
        "carbon.host": "server.hostname",
    },
    overridden_by=OVERRIDDEN_BY,
    role_switches=ROLE_SWITCHES,
    fall_backs=FALL_BACKS,
    essential=ESSENTIAL,
)

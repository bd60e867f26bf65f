"""The database of a node's own broker, the same in both lines: a file, or a schema for it alone."""

from collections.abc import Mapping
from types import MappingProxyType

from lab.products.facts import SchemaFacts

# Since 8.4 MySQL refuses the script's foreign keys onto a part of a key (error 6125, measured); an
# earlier server reads the setting as a comment.
BROKER_STORE: Mapping[str, SchemaFacts] = MappingProxyType(
    {
        "mb_store_db": SchemaFacts(
            script="mb-store/mysql-mb.sql",
            charset="latin1",
            collation="latin1_swedish_ci",
            session="/*!80400 SET SESSION restrict_fk_on_non_standard_key = OFF */;",
        )
    }
)

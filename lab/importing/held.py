"""Which of the product's databases a connection of a customer's file leads to."""

from collections.abc import Callable, Mapping

from lab.products.facts import Line
from lab.wiring.reading import DATASOURCES, Reading
from lab.wiring.settings import Settings
from lab.wiring.toml_reader import KeyPath

_API_MANAGER = "api-manager.DataSourceName"
_USERS = "user-mgt.Realm.Configuration.dataSource"


def held_by(settings: Settings, reading: Reading) -> tuple[str, ...]:
    """Give the databases, by their names in a topology; none where it is for something else."""
    return _HELD[settings.tables.line](settings, reading)


def script_of(settings: Settings, reading: Reading) -> str:
    """Give the database whose dbscript makes this one: users and the registry are any other's."""
    held = held_by(settings, reading)
    return held[0] if held else _SCRIPTS[settings.tables.line](settings, reading)


def _in_toml(_settings: Settings, reading: Reading) -> tuple[str, ...]:
    name = str(reading.path[-1])
    return (name,) if name in ("apim_db", "shared_db") else ()


def _script_in_toml(_settings: Settings, reading: Reading) -> str:
    # Artifacts for gateways lie in a table of API Manager's own script.
    scripts = {"store_db": "mb_store_db", "sync_runtime_artifacts_db": "apim_db"}
    return scripts.get(str(reading.path[-1]), "shared_db")


def _in_xml(settings: Settings, reading: Reading) -> tuple[str, ...]:
    jndi = _jndi(settings, reading)
    asked = {
        "apimgtdb": settings.text(_API_MANAGER, "jdbc/WSO2AM_DB"),
        "userdb": settings.text(_USERS),
        "regdb": _registry(settings),
    }
    return tuple(database for database, name in asked.items() if name == jndi)


def _script_in_xml(settings: Settings, reading: Reading) -> str:
    return "mb_store_db" if _jndi(settings, reading) == "WSO2MBStoreDB" else "userdb"


def _jndi(settings: Settings, reading: Reading) -> object:
    """Give the name by which the other files ask for a datasource."""
    return settings.document.value((*_datasource(reading.path), "jndiConfig", "name"))


def _datasource(path: KeyPath) -> KeyPath:
    """Give the path of the `<datasource>` around its configuration."""
    return path[: path.index(DATASOURCES) + 4]


def _registry(settings: Settings) -> str:
    """Give the datasource behind the mounted collections, else that of the node's own registry."""
    configs = settings.document.value(("registry", "dbConfig"))
    mounted = settings.text("registry.remoteInstance[0].dbConfig")
    wanted = mounted or settings.text("registry.currentDBConfig")
    for config in configs if isinstance(configs, list) else ():
        if config.get("@name") == wanted:
            return str(config.get("dataSource", ""))
    return ""


_HELD: Mapping[Line, Callable[[Settings, Reading], tuple[str, ...]]] = {
    Line.TOML: _in_toml,
    Line.XML: _in_xml,
}
_SCRIPTS: Mapping[Line, Callable[[Settings, Reading], str]] = {
    Line.TOML: _script_in_toml,
    Line.XML: _script_in_xml,
}

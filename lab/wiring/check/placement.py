"""Checks keys that stand where the product doesn't look, and values that it doesn't know."""

from collections.abc import Iterator, Mapping

from lab.products.defaults_4x import PROFILE_ROLES
from lab.products.facts import Role
from lab.products.versions_4x import DISTRIBUTIONS_SINCE, server_roles
from lab.wiring.check.case import Case, error, remark, warning
from lab.wiring.finding import Finding
from lab.wiring.key_managers import key_managers
from lab.wiring.reading import DATABASE_TABLES
from lab.wiring.settings import Settings, role_of, steps
from lab.wiring.toml_reader import KeyPath, spell

_SERVER_ROLE = "server.server_role"
_WHOLE = "default"  # an all-in-one's
_NOTIFIER = "apim.token.revocation.notifier_impl"
# The class of the product's own commented sample isn't in the product.
_MISSING_NOTIFIER = "org.wso2.carbon.apimgt.keymgt.events.TokenRevocationNotifierImpl"
_NOTIFIER_CLASS = "org.wso2.carbon.apimgt.notification.TokenRevocationNotifierImpl"
_BACKUP = "deployment.toml.backup"
_TLS_KEYS = ("apim.event_hub.jms.ssl", "apim.event_hub.ssl")

# Keys that people write with dots, below a header that isn't theirs.
MISPLACED = frozenset(
    {
        "encryption.key",
        "server.hostname",
        "server.node_ip",
        "server.offset",
        "server.server_role",
        "super_admin.password",
        "super_admin.username",
        "user_store.type",
        "apim.event_hub.event_listening_endpoints",
        "apim.event_hub.service_url",
        "apim.key_manager.service_url",
        "apim.throttling.service_url",
        "apim.throttling.throttle_decision_endpoints",
    }
)
_LAST_NAMES = frozenset(key.rpartition(".")[2] for key in MISPLACED)


def find_misplaced(settings: Settings) -> Mapping[KeyPath, str]:
    """Give the paths of values that were meant for a key elsewhere, with that key."""
    found: dict[KeyPath, str] = {}
    for path, _ in settings.document.leaves():
        whole = path[:-1] if isinstance(path[-1], int) else path
        if str(whole[-1]).rpartition(".")[2] not in _LAST_NAMES or path[0] in DATABASE_TABLES:
            continue
        names = f".{'.'.join(str(step) for step in whole)}"
        meant = next((key for key in MISPLACED if names.endswith(f".{key}")), "")
        if meant and whole != steps(meant):
            found[whole] = meant
    return found


def check_placement(case: Case) -> Iterator[Finding]:
    """LAB0151: a key below a header of another table, or in quotes, dots and all."""
    for settings in case.cluster.nodes.values():
        for path, meant in find_misplaced(settings).items():
            table, _, name = meant.rpartition(".")
            what = f"the product doesn't see {spell(path)}: it reads {meant} alone"
            at = settings.document.position(path)
            yield error("LAB0151", what, at, f"write {name} below [{table}]", key=spell(path))


def check_server_roles(case: Case) -> Iterator[Finding]:
    """LAB0150: a role that sets no switch, because the version doesn't know it."""
    version, known = case.version, server_roles(case.version)
    # The all-in-one archive's infer.json still knows them; no start script takes them any more.
    of_parts = version is not None and version >= DISTRIBUTIONS_SINCE
    for settings in case.cluster.nodes.values():
        value = settings.value(_SERVER_ROLE)
        if value is None or not value.is_known or value.text in known:
            continue
        of = case.release or "no version of the product"
        of = f"a distribution of one role in {of}" if of_parts else of
        what = f"{of} {'knows no' if case.release else 'knows a'} server_role {value.text!r}"
        mend = f"use one of {', '.join(sorted(known))}"
        yield warning("LAB0150", what, value.at, mend, key=_SERVER_ROLE)


def check_other_roles(case: Case) -> Iterator[Finding]:
    """LAB0155: a node that is started as one role, with the switches of another."""
    nodes = case.cluster.nodes
    as_control_planes = key_managers(tuple(nodes.values()))
    for settings in nodes.values():
        value, told = settings.value(_SERVER_ROLE), role_of(settings.document)
        is_known = value is not None and value.text in server_roles(case.version)
        if value is None or not is_known or told in (None, settings.role):
            continue
        if settings.role is Role.KEY_MANAGER and settings.name in as_control_planes:
            continue
        what = f"{settings.name} has the role {settings.role}, and the server_role of {told}"
        own = (text for text, role in PROFILE_ROLES.items() if role is settings.role)
        right = next(own, _WHOLE)
        yield error("LAB0155", what, value.at, f"write {right}", key=_SERVER_ROLE)


def check_classes(case: Case) -> Iterator[Finding]:
    """LAB0143: a notifier's class that isn't there, so that no revoked token is reported."""
    for settings in case.cluster.nodes.values():
        value = settings.value(_NOTIFIER)
        if value is not None and value.text == _MISSING_NOTIFIER:
            what = f"the product has no class {value.text}"
            yield error("LAB0143", what, value.at, f"write {_NOTIFIER_CLASS}", key=_NOTIFIER)


def check_broker_tls(case: Case) -> Iterator[Finding]:
    """LAB0146: one of the two keys that turn TLS on for the event hub's broker."""
    for settings in case.cluster.nodes.values():
        ours, others = (settings.value(key) for key in _TLS_KEYS)
        texts = {value.text.lower() if value else "false" for value in (ours, others)}
        if texts == {"true", "false"}:
            value = ours or others
            what = f"{' and '.join(_TLS_KEYS)} differ: subscribing and publishing use one each"
            if value is not None:
                mend = "give both the same value"
                yield warning("LAB0146", what, value.at, mend, key=spell(value.path))


def check_backups(case: Case) -> Iterator[Finding]:
    """LAB0148: profileSetup.sh has put a file of its own in place of the one that was written."""
    for settings in case.cluster.nodes.values():
        if settings.path is not None and settings.path.with_name(_BACKUP).is_file():
            what = f"{_BACKUP} lies beside it: profileSetup.sh has replaced what was written"
            mend = "compare the two, and write the configuration after profileSetup.sh"
            yield remark("LAB0148", what, settings.document.position(()), mend)

"""All rules of the static check, in the order of the rooms they look into."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from lab.products.facts import Line
from lab.wiring.check.addresses import check_addresses
from lab.wiring.check.amqp_logins import check_amqp_characters
from lab.wiring.check.broker_stores import check_broker_stores
from lab.wiring.check.caches_2x import check_caches
from lab.wiring.check.case import Case, warning
from lab.wiring.check.certificates import check_certificates
from lab.wiring.check.decisions import check_decisions
from lab.wiring.check.drivers import check_drivers_4x
from lab.wiring.check.drivers_2x import check_driver_classes, check_drivers
from lab.wiring.check.encryption import check_encryption_keys, check_one_key
from lab.wiring.check.files_2x import check_file_names
from lab.wiring.check.groups import check_groups, check_raw_groups
from lab.wiring.check.key_managers_2x import check_addresses_2x, check_key_managers, check_thrift
from lab.wiring.check.logins import check_databases, check_node_logins
from lab.wiring.check.missing_stores import check_missing_stores
from lab.wiring.check.mount_effects_2x import check_overwriting, check_writing
from lab.wiring.check.mounts_2x import check_mounts
from lab.wiring.check.names import check_names
from lab.wiring.check.notify import check_notify
from lab.wiring.check.pairs import (
    check_copies,
    check_labels,
    check_membership,
)
from lab.wiring.check.placement import (
    check_backups,
    check_broker_tls,
    check_classes,
    check_other_roles,
    check_placement,
    check_server_roles,
)
from lab.wiring.check.registry_2x import check_own_registry, check_registry
from lab.wiring.check.releases_2x import check_releases
from lab.wiring.check.roles import check_duplicates, check_own_broker, check_without_effect
from lab.wiring.check.server import check_server
from lab.wiring.check.services_2x import check_client, check_names_2x
from lab.wiring.check.shapes import check_shapes
from lab.wiring.check.state_2x import check_state
from lab.wiring.check.stores import (
    check_charset,
    check_left_out,
    check_login_key,
    check_shared,
    check_user_tables,
)
from lab.wiring.check.user_stores import check_user_store_types
from lab.wiring.check.users_2x import (
    check_directories,
    check_directory_logins,
    check_user_stores,
    check_users,
)
from lab.wiring.check.values import (
    check_characters,
    check_overridden,
    check_references,
    check_texts,
)
from lab.wiring.check.versions import check_unread, check_versions
from lab.wiring.finding import Finding
from lab.wiring.start import plan_start

_OF_4X: Sequence[Callable[[Case], Iterator[Finding]]] = (
    check_references,
    check_texts,
    check_names,
    check_shapes,
    check_server,
    check_overridden,
    check_addresses,
    check_groups,
    check_node_logins,
    check_amqp_characters,
    check_databases,
    check_drivers_4x,
    check_notify,
    check_decisions,
    check_own_broker,
    check_duplicates,
    check_without_effect,
    check_placement,
    check_versions,
    check_unread,
    check_server_roles,
    check_other_roles,
    check_classes,
    check_broker_tls,
    check_backups,
    check_shared,
    check_user_store_types,
    check_user_tables,
    check_left_out,
    check_charset,
    check_login_key,
    check_broker_stores,
    check_copies,
    check_encryption_keys,
    check_one_key,
    check_labels,
    check_membership,
    check_certificates,
    check_missing_stores,
)
_OF_2X: Sequence[Callable[[Case], Iterator[Finding]]] = (
    check_references,
    check_characters,
    check_names_2x,
    check_server,
    check_addresses_2x,
    check_raw_groups,
    check_node_logins,
    check_directory_logins,
    check_directories,
    check_amqp_characters,
    check_databases,
    check_login_key,
    check_broker_stores,
    check_key_managers,
    check_thrift,
    check_client,
    check_users,
    check_user_stores,
    check_state,
    check_registry,
    check_own_registry,
    check_caches,
    check_mounts,
    check_overwriting,
    check_writing,
    check_file_names,
    check_drivers,
    check_driver_classes,
    check_releases,
    check_certificates,
    check_missing_stores,
)

RULES: Mapping[Line, Sequence[Callable[[Case], Iterator[Finding]]]] = {
    Line.TOML: _OF_4X,
    Line.XML: _OF_2X,
}


def check(case: Case) -> tuple[Finding, ...]:
    """Give every finding once, by file and line: one mistake that several links share is one."""
    found: dict[tuple[str, str, str], Finding] = {}
    for finding in (*_all(case), *_check_start(case)):
        found.setdefault((finding.code, str(finding.where), finding.what), finding)
    return tuple(sorted(found.values(), key=lambda finding: (finding.where, finding.code)))


def _all(case: Case) -> Iterator[Finding]:
    for rule in RULES[case.cluster.line]:
        yield from rule(case)


def _check_start(case: Case) -> Iterator[Finding]:
    """LAB0120: nodes that wait for each other."""
    links = [reading.link for reading in case.readings]
    for need in plan_start(links, case.cluster.plan).dropped:
        what = f"{', '.join(need.circle)} need each other to start; {need.node} starts without it"
        mend = f"let {need.node} start without {need.link.to}, or accept its retries"
        yield warning("LAB0120", what, need.link.source, mend, need.link)

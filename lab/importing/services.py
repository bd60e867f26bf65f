"""The Kubernetes services that the files name: each goes by one of its names through the import."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lab.importing.customer import Customer, Mention
from lab.wiring.services import namespace_of, service_name


@dataclass(frozen=True, slots=True)
class Services:
    """All names of each service that has several, by the one that it goes by."""

    names: Mapping[str, tuple[str, ...]]

    @property
    def goes_by(self) -> Mapping[str, str]:
        """Give for each name the one that its service goes by."""
        return {name: first for first, names in self.names.items() for name in names}

    def names_of(self, hosts: Sequence[str]) -> list[str]:
        """Give the hosts with all other names that they have."""
        return [name for host in hosts for name in self.names.get(host, (host,))]

    def reasons(self) -> Iterator[str]:
        """Tell of each service, in words."""
        for names in self.names.values():
            yield f"{' and '.join(names)} are taken for one service of Kubernetes"


def find_services(customers: Sequence[Customer], mentions: Sequence[Mention]) -> Services:
    """Find the names that differ in the namespace being told alone; two namespaces are two."""
    hosts = [host for one in customers for host in one.hosts] + [one.host for one in mentions]
    found: dict[str, list[str]] = {}
    for host in dict.fromkeys(hosts):
        found.setdefault(service_name(host), []).append(host)
    return Services(
        {
            min(names, key=len): tuple(sorted(names, key=len))
            for names in found.values()
            if len(names) > 1 and len({*map(namespace_of, names)} - {""}) == 1
        }
    )


def under_one_name(
    services: Services, customers: Sequence[Customer], mentions: Sequence[Mention]
) -> tuple[tuple[Customer, ...], tuple[Mention, ...]]:
    """Give nodes and mentions with each service under the name that it goes by."""
    goes_by = services.goes_by
    return (
        tuple(replace(one, services=goes_by) for one in customers),
        tuple(replace(one, host=goes_by.get(one.host, one.host)) for one in mentions),
    )

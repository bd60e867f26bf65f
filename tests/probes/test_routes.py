"""Which addresses lie on the networks of a namespace, read as the kernel tells its routes."""

import ipaddress
import sys

import pytest

from probes.routes import leads_outside

HEAD = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
NOBODY = "0.0.0.0"  # noqa: S104  # as the kernel writes a route without gateway


def route(network: str, gateway: str = NOBODY, *, flags: int = 3, metric: int = 0) -> str:
    target = ipaddress.ip_network(network)
    network_, by, mask = (
        _number(str(one)) for one in (target.network_address, gateway, target.netmask)
    )
    return f"eth0\t{network_}\t{by}\t{flags:04X}\t0\t0\t{metric}\t{mask}\t0\t0\t0\n"


def _number(address: str) -> str:
    return f"{int.from_bytes(ipaddress.ip_address(address).packed, sys.byteorder):08X}"


def route_v6(network: str, gateway: str = "::", *, flags: int = 3, metric: int = 0x400) -> str:
    target = ipaddress.ip_network(network)
    begin, by = (ipaddress.ip_address(it).packed.hex() for it in (target.network_address, gateway))
    rest = f"{metric:08x} 00000001 00000000 {flags:08x} eth0"
    return f"{begin} {target.prefixlen:02x} {32 * '0'} 00 {by} {rest}\n"


OWN, DEFAULT = route("192.168.20.0/24"), route("0.0.0.0/0", "192.168.20.1")


@pytest.fixture
def routes(tmp_path):
    def write(v4: str, v6: str = ""):
        (tmp_path / "route").write_text(HEAD + v4, encoding="ascii")
        (tmp_path / "ipv6_route").write_text(v6, encoding="ascii")
        return tmp_path

    return write


def test_the_samples_are_written_as_the_kernel_does_on_most_machines():
    if sys.byteorder == "little":
        assert "\t0114A8C0\t" in DEFAULT
    assert route_v6("fd00::/64").startswith("fd00" + 28 * "0" + " 40 ")


@pytest.mark.parametrize("address", ["127.0.0.1", "127.1.2.3", "::1", "192.168.20.7"])
def test_itself_and_neighbours_are_inside(routes, address):
    assert not leads_outside(address, routes(OWN + DEFAULT))


@pytest.mark.parametrize("address", ["10.1.2.3", "93.184.216.34", "192.168.21.7"])
def test_what_lies_beyond_the_gateway_is_outside(routes, address):
    assert leads_outside(address, routes(OWN + DEFAULT))


def test_of_several_routes_the_narrowest_counts(routes):
    lines = OWN + DEFAULT + route("192.168.20.64/26", "192.168.20.1")
    assert leads_outside("192.168.20.70", routes(lines))
    assert not leads_outside("192.168.20.7", routes(lines))


def test_without_any_route_an_address_leads_nowhere(routes):
    assert not leads_outside("10.1.2.3", routes(OWN))


def test_the_same_goes_for_ipv6(routes):
    found = routes("", route_v6("fd00::/64") + route_v6("::/0", "fd00::1"))
    assert not leads_outside("fd00::7", found)
    assert leads_outside("2001:db8::7", found)


def test_a_route_that_rejects_leads_nowhere(routes):
    reject = route_v6("::/0", flags=0x200200, metric=0xFFFFFFFF)
    for lines in (reject + route_v6("::/0", "fd00::1"), route_v6("::/0", "fd00::1") + reject):
        assert leads_outside("2001:db8::7", routes("", lines))
    assert not leads_outside("10.1.2.3", routes(route("10.0.0.0/8", flags=0x201)))


def test_of_two_routes_to_one_network_that_of_the_lower_metric_counts(routes):
    near, far = route("10.0.0.0/8", metric=5), route("10.0.0.0/8", "192.168.20.1", metric=100)
    assert not leads_outside("10.1.2.3", routes(near + far))
    assert not leads_outside("10.1.2.3", routes(far + near))


def test_a_kernel_without_ipv6_has_no_such_routes(tmp_path):
    assert not leads_outside("2001:db8::7", tmp_path)


def test_the_kernels_own_table_can_be_read():
    with open("/proc/net/route", encoding="ascii") as table:  # noqa: PTH123
        has_default = any(line.split()[1:4:2] == ["00000000", "0003"] for line in table)
    assert leads_outside("203.0.113.7") == has_default

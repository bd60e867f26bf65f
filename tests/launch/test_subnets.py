import itertools
from ipaddress import IPv4Network

import pytest

from lab.launch.subnets import RANGES, candidates, routed

ROUTES = """\
Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0
tun0\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0
docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
"""


def first(lab: str, members: int = 6, taken: tuple[str, ...] = ()) -> IPv4Network:
    return next(candidates(lab, members, [IPv4Network(each) for each in taken]))


def test_a_lab_gets_a_private_subnet_of_32_addresses() -> None:
    subnet = first("km-tm-separated")
    assert subnet.prefixlen == 27
    assert subnet.is_private


def test_the_same_lab_tries_the_same_subnet_first() -> None:
    assert first("km-tm-separated") == first("km-tm-separated")


def test_forty_labs_rarely_start_at_the_same_subnet() -> None:
    assert len({first(f"lab-{number}") for number in range(40)}) > 35


def test_forty_labs_one_after_the_other_never_overlap() -> None:
    taken: list[IPv4Network] = []
    for number in range(40):
        taken.append(next(candidates(f"lab-{number}", 6, taken)))
    assert not any(one.overlaps(other) for one, other in itertools.combinations(taken, 2))


def test_a_taken_subnet_is_passed_over() -> None:
    before = first("a")
    assert first("a", taken=(str(before),)) != before


def test_a_route_to_a_whole_range_sends_the_lab_to_the_next_range() -> None:
    assert first("a", taken=("172.16.0.0/12",)).subnet_of(RANGES[1])
    assert first("a", taken=("172.16.0.0/12", "10.0.0.0/8")).subnet_of(RANGES[2])


def test_no_candidate_is_left_when_every_range_is_routed() -> None:
    everything = [IPv4Network("172.16.0.0/12"), IPv4Network("10.0.0.0/8")]
    assert not list(candidates("a", 6, [*everything, IPv4Network("192.168.0.0/16")]))


@pytest.mark.parametrize(("members", "prefix"), [(1, 27), (29, 27), (30, 26), (61, 26), (62, 25)])
def test_a_large_lab_gets_a_larger_subnet(members: int, prefix: int) -> None:
    assert first("a", members).prefixlen == prefix


def test_the_kernels_routes_are_read_without_the_default_route() -> None:
    assert routed(ROUTES) == (IPv4Network("10.0.0.0/8"), IPv4Network("172.17.0.0/16"))

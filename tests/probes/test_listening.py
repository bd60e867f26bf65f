"""Which ports listen here, read in both ways."""

import socket
from pathlib import Path

import pytest

from probes import listening


@pytest.mark.parametrize("read", [listening.ports_by_diagnosis, listening.ports_by_proc])
@pytest.mark.parametrize(
    ("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")]
)
def test_a_port_is_seen_while_it_listens_and_no_longer(read, family, host):
    with socket.create_server((host, 0), family=family) as server:
        port = server.getsockname()[1]
        assert port in read()
    assert port not in read()


def test_a_connection_is_no_listener():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        assert client.getsockname()[1] not in listening.ports_by_diagnosis()


def test_the_cheap_way_is_taken_where_the_kernel_has_it():
    assert listening.find_reader()[0] is listening.ports_by_diagnosis


def test_reading_leaves_no_descriptor_open():
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        listening.ports_by_diagnosis()
    assert len(list(Path("/proc/self/fd").iterdir())) == before

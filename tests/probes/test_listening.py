"""Which ports listen here, read in both ways."""

import contextlib
import socket

import pytest

from probes import listening


@pytest.fixture
def diagnosis():
    with contextlib.closing(listening.Diagnosis()) as opened:
        yield opened.ports


@pytest.fixture
def proc():
    return listening.ports_by_proc


@pytest.fixture(params=["diagnosis", "proc"])
def read(request):
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize(
    ("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")]
)
def test_a_port_is_seen_while_it_listens_and_no_longer(read, family, host):
    with socket.create_server((host, 0), family=family) as server:
        port = server.getsockname()[1]
        assert port in read()
    assert port not in read()


def test_a_connection_is_no_listener(read):
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        assert client.getsockname()[1] not in read()


def test_the_cheap_way_is_taken_where_the_kernel_has_it():
    read, seconds = listening.find_reader()
    assert read.__func__ is listening.Diagnosis.ports
    assert seconds < 0.05
    read.__self__.close()

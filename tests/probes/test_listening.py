"""Which ports listen here, read in both ways."""

import contextlib
import errno
import os
import socket
from collections.abc import Iterator

import pytest

from probes import listening


@pytest.fixture(params=[listening.Diagnosis, lambda: listening.Tables(contextlib.nullcontext)])
def read(request):
    with contextlib.closing(request.param()) as opened:
        yield opened.ports


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
    with contextlib.closing(listening.listeners_inside(contextlib.nullcontext)) as here:
        assert isinstance(here, listening.Diagnosis)
        assert here.period < 0.05


def test_few_listeners_are_read_at_their_own_period_and_many_in_a_tenth_of_the_time():
    assert listening.pause_after(0.0005, 0.015) == 0.015
    assert listening.pause_after(0.004, 0.015) == pytest.approx(0.036)


def test_a_kernel_without_the_diagnosis_is_asked_by_its_tables_each_time_inside(monkeypatch):
    entered = []

    @contextlib.contextmanager
    def enter() -> Iterator[None]:
        entered.append("in")
        yield
        entered.append("out")

    def fail() -> None:
        raise OSError(errno.EPROTONOSUPPORT, os.strerror(errno.EPROTONOSUPPORT))

    monkeypatch.setattr(listening, "Diagnosis", fail)
    with socket.create_server(("127.0.0.1", 0)) as server:
        there = listening.listeners_inside(enter)
        assert entered == ["in", "out"]
        assert server.getsockname()[1] in there.ports()
    assert entered == ["in", "out"] * 2


def test_a_namespace_that_nothing_leads_into_is_an_error():
    @contextlib.contextmanager
    def enter() -> Iterator[None]:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))
        yield

    with pytest.raises(PermissionError):
        listening.listeners_inside(enter)

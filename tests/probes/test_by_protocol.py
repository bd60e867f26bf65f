"""Each protocol finds its probe, and a look at one loads no other."""

import inspect
import subprocess
import sys

import pytest

from probes.by_protocol import probe_for
from probes.target import Protocol


@pytest.mark.parametrize("protocol", Protocol)
def test_every_protocol_has_its_probe(protocol):
    assert inspect.iscoroutinefunction(probe_for(protocol))


def loaded(statement: str) -> set[str]:
    told = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_a_place_to_dial_from_loads_no_protocol_before_it_is_asked_for():
    assert not loaded("import probes.local") & {"h11", "pamqp", "pymysql"}


def test_a_prober_session_has_every_protocol_before_it_forks():
    every = "from probes.by_protocol import load_all; load_all()"
    assert loaded(every) >= {"h11", "pamqp", "pymysql", "probes.thrift", "probes.throttling"}

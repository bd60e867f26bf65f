"""Each protocol finds its probe, and a look at one loads no other."""

import asyncio
import inspect
import subprocess
import sys

import pytest

from probes.by_protocol import probe_for
from probes.target import Protocol


@pytest.mark.parametrize("protocol", Protocol)
def test_every_protocol_has_its_probe(protocol):
    assert inspect.iscoroutinefunction(probe_for(protocol))


FIRST_ATTEMPT = """
import asyncio, sys
from probes.attempt import attempt
from probes.by_protocol import load_all
from probes.local import stand_here
from probes.target import Protocol, Target

load_all()
before = set(sys.modules)
here = stand_here(sys.argv[1], {"cp.wso2.com": "127.0.0.1"})
target = Target("a link", Protocol.TLS, "cp.wso2.com", int(sys.argv[2]), timeout=5.0)
print(asyncio.run(attempt(target, here)).outcome, *sys.modules.keys() - before)
"""


def loaded(statement: str) -> set[str]:
    told = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_a_place_to_dial_from_loads_no_protocol_before_it_is_asked_for():
    assert not loaded("import probes.local") & {"h11", "pamqp", "pymysql"}


def test_a_prober_session_has_every_protocol_before_it_forks():
    every = "from probes.by_protocol import load_all; load_all()"
    assert loaded(every) >= {"h11", "pamqp", "pymysql", "probes.thrift", "probes.throttling"}


async def test_a_child_of_a_session_loads_nothing_amid_its_first_handshake(
    serve, hanging, authority
):
    async with serve(hanging, authority.server("cp.wso2.com")) as port:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-c", FIRST_ATTEMPT, authority.pem, str(port)),
            stdout=subprocess.PIPE,
        )
        told, _ = await child.communicate()
    assert told.decode().split() == ["ok"]

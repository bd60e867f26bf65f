"""What is read of a node, and what isn't."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from probes.namespace import NoEntryError, find_node, inside, read_etc


@pytest.fixture
def etc(tmp_path):
    descriptor = os.open(tmp_path, os.O_PATH | os.O_DIRECTORY)
    yield descriptor
    os.close(descriptor)


def test_a_file_is_read(etc, tmp_path):
    (tmp_path / "hosts").write_bytes(b"10.0.0.1 cp \xff\n")
    assert read_etc(etc, "hosts").startswith("10.0.0.1 cp ")


def test_a_file_that_is_not_there_is_empty(etc):
    assert read_etc(etc, "hosts") == ""


def test_a_symbolic_link_is_not_followed_into_another_file_system(etc, tmp_path):
    (tmp_path / "secret").write_text("of the host")
    (tmp_path / "hosts").symlink_to(tmp_path / "secret")
    assert read_etc(etc, "hosts") == ""


def test_a_process_that_has_ended_is_not_found_although_nobody_reaped_it():
    process = subprocess.Popen(["true"])
    while "(true) Z" not in Path(f"/proc/{process.pid}/stat").read_text():
        time.sleep(0.01)
    with pytest.raises(NoEntryError):
        find_node(process.pid, "a" * 64)
    process.wait()


def test_a_refused_process_leaves_no_descriptor_open():
    before = set(Path("/proc/self/fd").iterdir())
    with pytest.raises(NoEntryError, match="is not in container"):
        find_node(os.getpid(), "a" * 64)
    assert set(Path("/proc/self/fd").iterdir()) == before


def test_what_is_no_namespace_can_not_be_stood_in(etc):
    own = Path("/proc/thread-self/ns/net").readlink()
    with pytest.raises(NoEntryError, match=r"Bad file descriptor|Invalid argument"), inside(etc):
        pytest.fail("it was entered")
    assert Path("/proc/thread-self/ns/net").readlink() == own

"""The way to a far engine, with a program in `ssh`'s place that leads to a socket here."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab.launch.endpoint.ssh import SshTunnel

# Its words after -L are HERE:THERE, and the last one is the command.
LEADS = """#!/bin/sh
while [ "$1" != -L ]; do shift; done
ln -s "${2#*:}" "${2%%:*}"
for command; do :; done
exec sh -c "$command"
"""
REFUSES = """#!/bin/sh
echo "me@far: Permission denied (publickey)." >&2
exit 255
"""


@pytest.fixture
def ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return what puts a program in ssh's place."""

    def put(script: str) -> None:
        program = tmp_path / "ssh"
        program.write_text(script)
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    return put


@pytest.fixture
def far(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "far.sock"))
        listener.listen()
        yield listener


def test_a_socket_here_leads_to_the_engines_own_and_goes_with_the_connection(
    ssh: Callable[[str], None], far: socket.socket
) -> None:
    ssh(LEADS)
    tunnel = SshTunnel(f"ssh://me@far:2222{far.getsockname()}")
    with socket.socket(socket.AF_UNIX) as near:
        near.connect(str(tunnel.path))
        near.sendall(b"ping")
        there, _ = far.accept()
        with there:
            assert there.recv(4) == b"ping"
    tunnel.close()
    assert not tunnel.path.parent.exists()


def test_a_machine_that_refuses_is_told_in_ssh_s_own_words(ssh: Callable[[str], None]) -> None:
    ssh(REFUSES)
    with pytest.raises(ConnectionError, match="Permission denied"):
        SshTunnel("ssh://me@far")


def test_a_machine_without_ssh_is_told_and_keeps_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="ssh"):
        SshTunnel("ssh://me@far")
    assert list(tmp_path.iterdir()) == []

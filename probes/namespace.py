"""Enters a node's network namespace, and gives up every privilege that this took."""

import ctypes
import os
import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_CLONE_NEWNET = 0x40000000  # sched.h
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_CAPABILITY_VERSION_3 = 0x20080522  # linux/capability.h
_SIGKILL = 9

_CONTAINER_ID = re.compile(r"[0-9a-f]{64}")

_libc = ctypes.CDLL(None, use_errno=True)


class NoEntryError(Exception):
    """A node's namespace can't be entered, or must not be."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node's process, held by descriptors: they stay its own even when the pid is used again."""

    process: int  # a pidfd, readable when the process has ended
    network: int
    etc: int

    def close(self) -> None:
        """Close the descriptors."""
        for descriptor in (self.process, self.network, self.etc):
            os.close(descriptor)


def find_node(pid: int, container: str) -> Node:
    """Open the process *pid* of *container* (its whole id). Raises `NoEntryError`."""
    try:
        folder = os.open(f"/proc/{pid}", os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError as error:
        raise NoEntryError(f"there is no process {pid}") from error
    try:
        return _find_node(folder, pid, container)
    except (FileNotFoundError, ProcessLookupError) as error:
        raise NoEntryError(f"the process {pid} has ended") from error
    except PermissionError as error:
        raise NoEntryError(f"the prober may not enter process {pid}: {error}") from error
    finally:
        os.close(folder)


def _find_node(folder: int, pid: int, container: str) -> Node:
    process = os.pidfd_open(pid)
    try:
        _check_container(folder, pid, container)
        network = os.open("ns/net", os.O_RDONLY, dir_fd=folder)
        try:
            etc = os.open("root/etc", os.O_PATH | os.O_DIRECTORY, dir_fd=folder)
        except BaseException:
            os.close(network)
            raise
    except BaseException:
        os.close(process)
        raise
    return Node(process, network, etc)


def _check_container(folder: int, pid: int, container: str) -> None:
    """Refuse a process that isn't the container's: a pid may have been used again.

    A cgroup namespace shows the paths of others relative to its own root, and they still end in
    the container's id.
    """
    if not _CONTAINER_ID.fullmatch(container):
        raise NoEntryError(f"{container!r} is no container's id")
    with os.fdopen(os.open("cgroup", os.O_RDONLY, dir_fd=folder)) as file:
        groups = file.read()
    if container not in groups:
        raise NoEntryError(f"process {pid} is not in container {container[:12]}")


def read_etc(etc: int, name: str) -> str:
    """Give the text of a file under a node's `/etc`, "" when there is none.

    A symbolic link isn't followed: its target would be looked up in the prober's own file system.
    """
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=etc)
    except OSError:
        return ""
    with os.fdopen(descriptor, encoding="utf-8", errors="replace") as file:
        return file.read()


def enter_network(network: int) -> None:
    """Move the calling thread into a network namespace, before there is any other thread.

    Raises `OSError`.
    """
    if _libc.setns(network, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


@contextmanager
def inside(network: int) -> Iterator[None]:
    """Stand in a network namespace for a while.

    Raises `NoEntryError` when it can't be entered, and `OSError` when there is no way back.
    """
    own = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        try:
            enter_network(network)
        except OSError as error:
            raise NoEntryError(f"the namespace can't be entered: {error.strerror}") from error
        try:
            yield
        finally:
            enter_network(own)
    finally:
        os.close(own)


def drop_capabilities() -> None:
    """Give up all capabilities for good: what follows only talks to the network.

    Raises `OSError`.
    """
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    if _libc.capset(header, bytes(24)) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def die_with(parent: int) -> None:
    """End this process when *parent* ends, however it does."""
    _libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL)
    if os.getppid() != parent:
        os._exit(1)

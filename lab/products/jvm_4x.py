"""How a node's JVM is started in the 4.x line: memory by role, and what a sandbox gives up.

Measured on 4.1.0 on two cores: with these flags four nodes were up after 95 s instead of 168 s.
"""

from collections.abc import Mapping
from types import MappingProxyType

from lab.products.facts import Role

# In MiB. A gateway with the serial collector holds 0.65 GiB; four nodes fit into 5 GiB.
HEAPS: Mapping[Role, int] = MappingProxyType(
    {
        Role.CONTROL_PLANE: 896,
        Role.GATEWAY: 640,
        Role.KEY_MANAGER: 640,
        Role.TRAFFIC_MANAGER: 512,
        Role.ALL_IN_ONE: 1024,  # the start script's own; it holds 1.25 GiB in all
    }
)
# What a JVM holds beside its heap: classes, compiled code, threads, buffers.
_BESIDE_HEAP = 448
# The product's own collector keeps tables beside the heap, and its compilers more code.
_BESIDE_STEADY_HEAP = 704

# What each gives up for a quick start.
QUICK_FLAGS: Mapping[str, str] = MappingProxyType(
    {
        "-XX:TieredStopAtLevel=1": "steady speed (code is compiled once, quickly)",
        "-XX:+UseSerialGC": "steady speed (one thread collects garbage)",
        "-XX:-BytecodeVerificationRemote": "checks (classes are not verified)",
    }
)


# From JDK 13 on the flag about classes is a diagnostic one, refused without this before it.
_UNLOCKED = "-XX:+UnlockDiagnosticVMOptions"


def memory_options(heap: int, *, quick: bool) -> str:
    """Give `JVM_MEM_OPTS` for a heap in MiB; a sandbox has all of it from the start."""
    return f"-Xms{heap if quick else 256}m -Xmx{heap}m"


def java_options(*, quick: bool) -> str:
    """Give `JAVA_OPTS`."""
    return " ".join((_UNLOCKED, *QUICK_FLAGS)) if quick else ""


def container_memory(heap: int, *, quick: bool) -> str:
    """Give the memory limit of a node's container, in the engine's words."""
    return f"{heap + (_BESIDE_HEAP if quick else _BESIDE_STEADY_HEAP)}m"

"""How much memory a node's JVM gets in the 2.x line.

Measured on 2.1.0 with a heap of 1024 MiB: after its start an API Manager held 1.1 GiB, a key
manager 0.9 GiB.
"""

from collections.abc import Mapping
from types import MappingProxyType

from lab.products.facts import Role

# In MiB.
HEAPS: Mapping[Role, int] = MappingProxyType({Role.API_MANAGER: 1024, Role.KEY_MANAGER: 1024})

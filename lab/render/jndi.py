"""The broker's URL in an API Manager's jndi.properties, by which it publishes throttle decisions.

The product writes port and login there as literals, which follow neither offset nor password.
"""

import re
from urllib.parse import quote

from lab.plan.model import PlannedNode
from lab.products.apim_4x import AMQP_PORT

JNDI = "jndi.properties"
_FACTORY = re.compile(
    r"^(?P<key>[ \t]*connectionfactory\.[^=\s]+[ \t]*=[ \t]*amqp://)[^@\s]*"
    r"(?P<path>@\S*brokerlist='tcp://[^:']*):\d+",
    re.MULTILINE,
)


def jndi_properties(own: bytes, node: PlannedNode) -> bytes:
    """Give the product's *own* file with the node's login and its own broker's port.

    What it says beside its connection factories stays as it is, byte for byte.
    """
    account = node.super_admin
    login = f"{quote(account.username, safe='')}:{quote(account.password, safe='')}"

    def written(found: re.Match[str]) -> str:
        return f"{found['key']}{login}{found['path']}:{AMQP_PORT + node.offset}"

    return _FACTORY.sub(written, own.decode("iso-8859-1")).encode("iso-8859-1")

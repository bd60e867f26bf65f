"""Lines of a 2.x node's log after which it never serves; those it shares stand in `log_lines_4x`.

Sources: the logs of a real 2.1.0 pair with each of these mistakes, on MySQL 9.7.
"""

import re

from lab.products.known_line import KnownLine

_AGAIN = "`lab stop {node}`, then `lab start {node}`"

TROUBLES: tuple[KnownLine, ...] = tuple(
    KnownLine(re.compile(pattern), meaning, f"{mend} {_AGAIN}")
    for pattern, meaning, mend in (
        (
            r"Cannot start User Manager Core bundle",
            (
                "it can't read its users, and without them none of its ports ever opens: the LDAP"
                " server or the database of its user-mgt.xml doesn't answer"
            ),
            "let the key manager run, mend ConnectionURL and dataSource in its user-mgt.xml; then",
        ),
        (
            r"SSLException.*readHandshakeRecord|No appropriate protocol",
            "its Connector/J can't open TLS to this database server",
            (
                "add `useSSL=false&amp;allowPublicKeyRetrieval=true` to the URL in its"
                " master-datasources.xml, with Connector/J 5.1.49 or newer; then"
            ),
        ),
        (
            r"WebsocketTransportSender cannot be found",
            "its axis2.xml has a `ws` transport sender that this profile has no bundle for",
            "take it out of repository/conf/axis2/axis2.xml in a copy of the distribution; then",
        ),
    )
)

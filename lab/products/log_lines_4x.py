"""Lines of a node's log that say how far its start is, and those after which it never comes up.

Sources: logs of a real 4.1.0 cluster, and the errors that the product's issues and documents tell.
"""

import re

from lab.products.known_line import KnownLine

_AGAIN = "`lab start {node}`"
_DATABASES = "the topology's [database], or this node's `config`; then `lab down` and `lab up`"

NO_DATASOURCES = "master-datasources.xml, made of its [database.*] tables, is no XML"

# A JVM that has logged one of them never serves, or serves wrongly; most stay up, some end.
TROUBLES: tuple[KnownLine, ...] = tuple(
    KnownLine(re.compile(pattern), meaning, mend, pattern.startswith("PolicyUtil"))
    for pattern, meaning, mend in (
        (
            r"Duplicate entry .* for key '?UM_",
            "another node wrote the first rows of the shared database at the same moment",
            f"the rows are there: `lab stop {{node}}`, then {_AGAIN}",
        ),
        (
            r"Table '[^']*' doesn't exist",
            "its database has no such table: the schema is missing, or an older version's",
            "`lab down`, then `lab up` with the dbscripts of its version, or without `--dbscripts`",
        ),
        (
            r"Unknown database '[^']*'",
            "the database server has no such database",
            f"mend the name: {_DATABASES}",
        ),
        (
            r"Access denied for user '[^']*'@",
            "the database server refuses its login",
            f"mend user and password: {_DATABASES}",
        ),
        (
            r"Wrong user name or password \[28000",
            "an H2 database of its own was made with another login than its configuration has",
            (
                "write the login that it was made with (a password from a secret vault, by"
                f" `secretAlias`, is in no file); then `lab stop {{node}}`, {_AGAIN}"
            ),
        ),
        (
            r"Public Key Retrieval is not allowed",
            "without TLS the driver doesn't take the server's key unasked",
            "add `allowPublicKeyRetrieval=true` to the database's url, or leave the url out",
        ),
        (
            r"SSLHandshakeException: Received fatal alert: unknown_ca",
            "the database server doesn't believe the certificate of this node's keystore",
            "let the server trust its authority (`ssl-ca`), as the lab's own does",
        ),
        (
            (
                r"(?:ClassNotFoundException: |cannot load jdbc driver.*|Unable to load class: )"
                r"com\.mysql(?:\.cj)?\.jdbc\.Driver"
            ),
            "MySQL's JDBC driver is missing",
            "name it (`--driver`), then `lab down` and `lab up`",
        ),
        (
            r"Error in intializing system data sources",
            NO_DATASOURCES,
            "look for `&` or `<` in a url or password: `&amp;` is right; then `lab up` again",
        ),
        (
            r"java\.net\.BindException: Address already in use",
            "another program in its container, or one of its own ports, has the port",
            "look for two equal ports in its `config`; then `lab down` and `lab up`",
        ),
        (
            r"java\.lang\.OutOfMemoryError",
            "its JVM ran out of memory",
            "give it more (`heap` in the topology, in MiB); then `lab down` and `lab up`",
        ),
        (
            r"Error while performing configuration changes",
            "the product can't read its deployment.toml, or can't write the files it makes of it",
            "`lab logs {node}` has the reason below that line; mend this node's `config`",
        ),
        (
            r"Could not create the Java Virtual Machine",
            "its JVM refuses an option of its start",
            "`lab logs {node}` names it; `lab up --no-quick-start` leaves the lab's own out",
        ),
        (
            r"CARBON is supported only on JDK|UnsupportedClassVersionError",
            "this JDK is not one that its version runs on",
            "name an image with another (`--jdk`), or none for the lab's own",
        ),
        (
            r"PolicyUtil\}?(?: -)? Error in retrieving throttle policies",
            "it asked once for its policies, before the control plane answered: it never throttles",
            f"`lab stop {{node}}`, then {_AGAIN}",
        ),
        (
            r"Failed to activate Registry Core bundle",
            "it can't use its registry's database, and without it none of its ports ever opens",
            "read the error above that line in `lab logs {node}`, and mend that datasource",
        ),
        (
            r"(?:WSO2 Carbon|CarbonServerManager.*) initialization Failed",
            "Carbon gave up",
            "read the first error of `lab logs {node}`",
        ),
    )
)

"""Facts of the lab's containers that the compose file (render) and the engine (launch) must share.

Names, paths inside the containers, users and the database server's arguments; pure data, no engine.
"""

from pathlib import PurePosixPath

from lab.plan.model import Plan, PlannedNode
from lab.products.facts import Line, Role
from lab.products.jvm_4x import container_memory, java_options, memory_options

HOMES = PurePosixPath("/home/wso2carbon")
NODE_HOME = HOMES / "wso2am"
NODE_UID = 802  # wso2carbon in the product's images up to 4.2, and in the stand-in's
NODE_GID = 802
START = PurePosixPath("/opt/lab/start")  # the first process of a node of the product
CONFIG_VOLUME = PurePosixPath("/home/wso2carbon/wso2-config-volume")

SERVER_FILES = PurePosixPath("/lab/server")
SERVER_DATA = PurePosixPath("/lab/data")  # outside any VOLUME, so that a commit keeps it
SERVER_TEMPLATE = PurePosixPath("/lab/template")  # the loaded databases, which nobody writes to
SERVER_KEPT = PurePosixPath("/lab/kept")  # what a lab's server returns to in the template's place
SERVER_SOCKET = PurePosixPath("/tmp/mysqld.sock")  # noqa: S108  # in a container of our own
SERVER_UID = 999  # mysql in the official images, and in the lab's own
SERVER_GID = 999
SERVER_FILE_NAMES = ("ca.pem", "server-cert.pem", "server-key.pem", "accounts.sql")

BALANCER_FILES = PurePosixPath("/lab/balancer")
BALANCER_CERTIFICATE = "balancer.pem"  # HAProxy looks for its key beside it, as NAME.key
BALANCER_UID = 99  # haproxy in the official images; it opens ports below 1024 without a right
BALANCER_GID = 99

NODE_MEMORY = "256m"
SERVER_MEMORY = "512m"
BALANCER_MEMORY = "128m"

# Variables of the compose file's `.env`, and what it falls back to.
NODE_IMAGE_VARIABLE = "LAB_NODE_IMAGE"
BALANCER_IMAGE_VARIABLE = "LAB_BALANCER_IMAGE"
PROBER_IMAGE_VARIABLE = "LAB_PROBER_IMAGE"


def server_image_variable(server: str) -> str:
    """Give the variable of one database server's image: each holds its own databases."""
    return f"LAB_DATABASE_IMAGE_{server.replace('-', '_').upper()}"


def node_image_variable(node: str) -> str:
    """Give the variable that names the image of a node of its own in the compose file."""
    return f"{NODE_IMAGE_VARIABLE}_{node.upper().replace('-', '_')}"


# Of a node of the 2.x line, whatever its role.
NEEDED_XML_FILES = (
    *("carbon.xml", "api-manager.xml", "user-mgt.xml", "registry.xml"),
    "master-datasources.xml",
)
OTHER_XML_FILES = ("embedded-ldap.xml",)
# A stand-in has no use for its broker's properties: it publishes no throttle decisions.
_OWN_FILES = {Role.KEY_MANAGER: OTHER_XML_FILES, Role.API_MANAGER: ("jndi.properties",)}
# Below repository/conf; every other file lies in it.
_FOLDERS = {"master-datasources.xml": "datasources", "embedded-ldap.xml": "identity"}


def prober_memory(plan: Plan) -> str:
    """Give the prober's limit: it has a process for each place that it dials from."""
    return f"{max(256, 96 + 24 * (len(plan.nodes) + len(plan.balancers)))}m"


def container_name(lab: str, member: str) -> str:
    """Give the container of a node, a database server or the prober."""
    return f"lab-{lab}-{member}"


def network_name(lab: str) -> str:
    """Give the network that all containers of a lab share."""
    return f"lab-{lab}"


def completion_name(lab: str) -> str:
    """Give the object that exists only when the lab was brought up to its end."""
    return f"lab-{lab}-complete"


def node_home(node: PlannedNode) -> PurePosixPath:
    """Give the product's folder in a node's container.

    A product image takes its files from a folder that its entry point copies over it.
    """
    if node.kind == "image":
        return CONFIG_VOLUME
    if node.line is Line.XML and not node.is_real:
        return HOMES / node.start.distribution
    return NODE_HOME


def node_configuration(node: PlannedNode) -> tuple[str, ...]:
    """Give the names of the configuration files in the lab folder's `nodes/<node>/`."""
    if node.line is Line.TOML:
        return ("deployment.toml",)
    own = _OWN_FILES[node.role]
    return (*NEEDED_XML_FILES, *(name for name in own if node.is_real or name.endswith(".xml")))


def node_path(node: PlannedNode, file_name: str) -> PurePosixPath:
    """Give the place in a node's container of a file from the lab folder's `nodes/<node>/`."""
    home = node_home(node)
    if file_name.endswith((".toml", ".xml", ".properties")):
        return home / conf_path(file_name)
    return home / "repository/resources/security" / file_name


def conf_path(file_name: str) -> PurePosixPath:
    """Give the place of a configuration file in a product's home."""
    return PurePosixPath("repository/conf") / _FOLDERS.get(file_name, "") / file_name


def node_environment(node: PlannedNode, *, quick: bool = True) -> dict[str, str]:
    """Give what a node's container is told beside its files.

    A stand-in is told what it stands for, a start script how to start its JVM.
    """
    if node.is_real:
        profile = node.start.environment if node.kind == "image" else {}
        memory = memory_options(node.heap, quick=quick)
        options = java_options(quick=quick)
        return {**profile, "JVM_MEM_OPTS": memory, **({"JAVA_OPTS": options} if options else {})}
    told = {"STAND_IN_VERSION": node.version}
    if node.line is Line.XML:
        return told | {"STAND_IN_ROLE": str(node.role), "WSO2_SERVER_HOME": str(node_home(node))}
    if node.file is not None:  # which may say nothing: -Dprofile= says it to the product
        told["STAND_IN_PROFILE"] = node.profile
    if not node.start.profile:  # no profile: the distribution alone says which role it is
        told |= {"STAND_IN_DISTRIBUTION": node.start.distribution, **node.start.environment}
    return told


def node_arguments(node: PlannedNode) -> tuple[str, ...]:
    """Give the words after a node's entry point."""
    if not node.is_real:
        return ()
    return node.start.image_arguments if node.kind == "image" else node.start.arguments


def node_memory(node: PlannedNode, *, quick: bool = True) -> str:
    """Give the memory limit of a node's container."""
    return container_memory(node.heap, quick=quick) if node.is_real else NODE_MEMORY


def server_path(file_name: str) -> PurePosixPath:
    """Give the place in a database container of a file from `servers/<server>/`."""
    return SERVER_FILES / file_name


def balancer_path(file_name: str) -> PurePosixPath:
    """Give the place in a balancer's container of a file from `balancers/<balancer>/`."""
    return BALANCER_FILES / file_name


def haproxy_arguments() -> tuple[str, ...]:
    """Give the words after `haproxy`: its master ends on SIGTERM even as the first process."""
    return ("-W", "-db", "-f", str(balancer_path("haproxy.cfg")))


def mysqld_arguments(*, port: int = 3306, user: str = "mysql") -> tuple[str, ...]:
    """Give the words after `mysqld` for a server that is the lab's to throw away.

    `--loose-` marks what only some of MySQL 5.7 to 9 know. The durability that a lab doesn't need
    is given up for its start-up time.
    """
    return (
        "--no-defaults",
        f"--user={user}",
        f"--datadir={SERVER_DATA}",
        f"--socket={SERVER_SOCKET}",
        "--pid-file=mysqld.pid",  # in the data directory
        f"--port={port}",
        f"--init-file={server_path('accounts.sql')}",
        # A real node offers its keystore's certificate, and MySQL verifies what it is offered.
        f"--ssl-ca={server_path('ca.pem')}",
        f"--ssl-cert={server_path('server-cert.pem')}",
        f"--ssl-key={server_path('server-key.pem')}",
        "--loose-auto-generate-certs=OFF",
        *_SMALL,
    )


FRESH, KEEP = "SIGUSR1", "SIGUSR2"
_SERVING = f"""
wanted=
server=
end() {{
    signal=TERM
    [ $wanted != fresh ] || signal=KILL
    [ -z "$server" ] || kill -$signal $server
}}
trap 'wanted=stop; end' TERM
trap 'wanted=fresh; end' USR1
trap 'wanted=keep; end' USR2
while :; do
    mysqld "$@" &
    server=$!
    [ -z "$wanted" ] || end  # the signal came before there was a server
    while wait $server; code=$?; kill -0 $server 2>/dev/null; do :; done
    server=
    asked=$wanted
    wanted=
    case $asked in
        fresh)
            from={SERVER_TEMPLATE}
            [ ! -d {SERVER_KEPT} ] || from={SERVER_KEPT}
            rm -rf {SERVER_DATA}/* {SERVER_DATA}/.[!.]*  # it may be a volume, which stays
            cp -a --sparse=always $from/. {SERVER_DATA} || exit 1 ;;
        keep)
            [ $code = 0 ] || exit $code
            rm -rf {SERVER_KEPT}.part && cp -a {SERVER_DATA} {SERVER_KEPT}.part || exit 1
            rm -rf {SERVER_KEPT} && mv {SERVER_KEPT}.part {SERVER_KEPT} || exit 1 ;;
        *) exit $code ;;
    esac
done
"""


def serving(arguments: tuple[str, ...]) -> tuple[str, ...]:
    """Give the command of a server whose databases can begin anew while its container runs.

    On the signal `FRESH` its first process kills mysqld and starts it again on a copy of the
    template, or of what `KEEP` has put in the template's place. It ends as mysqld ends.
    """
    return ("sh", "-c", _SERVING, "mysqld", *arguments)


def mysqld_initialise_arguments(*, user: str = "mysql") -> tuple[str, ...]:
    """Give the words that make an empty data directory: root@localhost has no password."""
    return (
        "--no-defaults",
        f"--user={user}",
        f"--datadir={SERVER_DATA}",
        "--initialize-insecure",
        "--loose-auto-generate-certs=OFF",
        "--loose-innodb-redo-log-capacity=16M",
        "--innodb-doublewrite=OFF",
        "--innodb-use-native-aio=OFF",
        *_SOON_READY,
    )


# What halves the time from start to ready (docs/databases.md has the figures).
_SOON_READY = (
    "--innodb-flush-method=nosync",  # what a machine's crash takes is the lab's to make again
    "--innodb-rollback-segments=2",
    "--innodb-read-io-threads=1",
    "--innodb-write-io-threads=1",
    "--innodb-purge-threads=1",
)

# Below 250 MiB with the schemas of 4.1.0. 1000 connections: each pool of each node may take 50.
_SMALL = (
    "--performance-schema=OFF",
    "--max-connections=1000",
    "--innodb-buffer-pool-size=32M",
    "--innodb-log-buffer-size=4M",
    "--loose-innodb-redo-log-capacity=16M",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=OFF",
    "--loose-innodb-numa-interleave=OFF",  # not permitted in a container, and complained about
    "--innodb-use-native-aio=OFF",  # forty labs on one kernel share its limit of aio requests
    "--key-buffer-size=1M",
    "--table-open-cache=400",
    "--table-definition-cache=400",
    "--skip-log-bin",
    "--skip-name-resolve",
    "--loose-mysqlx=OFF",
    *_SOON_READY,
)

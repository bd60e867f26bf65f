"""Stand-in nodes as subprocesses of the tests, with generated certificates and free ports."""

import contextlib
import datetime as dt
import os
import re
import secrets
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "images/stand-in"
PASSWORD = "wso2carbon"
_PORTS = (5672, 8672, 8280, 8243, 9099, 8099, 9021, 8021, 9443, 9763, 9611, 9711, 10389, 10397)
_START_SECONDS = 20


@dataclass(frozen=True)
class Security:
    """The keystores of a lab with one CA, and what their clients trust."""

    folder: Path
    ca: Path

    def client(self) -> ssl.SSLContext:
        """A context that trusts the lab's CA and compares names."""
        return ssl.create_default_context(cafile=str(self.ca))


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(subject: str, key, issuer: str, issuer_key, *, ca: bool) -> x509.Certificate:
    today = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(hours=1))
        .not_valid_after(today + dt.timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if not ca:
        names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.DNSName(subject)])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


@pytest.fixture(scope="session")
def security(tmp_path_factory) -> Security:
    folder = tmp_path_factory.mktemp("security")
    ca_key = rsa.generate_private_key(65537, 2048)
    key = rsa.generate_private_key(65537, 2048)
    ca = _certificate("lab ca", ca_key, "lab ca", ca_key, ca=True)
    leaf = _certificate("node.wso2.com", key, "lab ca", ca_key, ca=False)
    encryption = serialization.BestAvailableEncryption(PASSWORD.encode())
    stored = pkcs12.serialize_key_and_certificates(b"wso2carbon", key, leaf, [ca], encryption)
    (folder / "wso2carbon.jks").write_bytes(stored)
    trusted = pkcs12.serialize_java_truststore(
        [pkcs12.PKCS12Certificate(ca, b"lab-ca"), pkcs12.PKCS12Certificate(leaf, b"wso2carbon")],
        encryption,
    )
    (folder / "client-truststore.jks").write_bytes(trusted)
    for name, certificate in (("ca.pem", ca), ("server-cert.pem", leaf)):
        (folder / name).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "server-key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return Security(folder, folder / "ca.pem")


@dataclass
class Node:
    """A running stand-in and what it wrote."""

    role: str
    offset: int
    process: subprocess.Popen
    lines: list[str] = field(default_factory=list)

    def port(self, base: int) -> int:
        return base + self.offset

    def log(self) -> str:
        return "\n".join(self.lines)

    def wait_for(self, pattern: str, seconds: float = _START_SECONDS) -> re.Match[str]:
        """Wait until a log line matches; fails with the whole log when none does."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for line in list(self.lines):
                if match := re.search(pattern, line):
                    return match
            if self.process.poll() is not None:
                break
            time.sleep(0.01)
        pytest.fail(f"no line matches {pattern!r} in the log of {self.role}:\n{self.log()}")

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(10)


def _free(port: int) -> bool:
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            probe.bind(("", port))
            return True
    return False


def free_offset() -> int:
    """An offset whose ports are all free and below the ephemeral ones."""
    while True:
        offset = 10000 + secrets.randbelow(12000)
        if all(_free(port + offset) for port in _PORTS):
            return offset


def _home(folder: Path, text: str, security: Security) -> Path:
    conf = folder / "repository/conf"
    resources = folder / "repository/resources"
    conf.mkdir(parents=True)
    resources.mkdir(parents=True)
    (resources / "security").symlink_to(security.folder)
    (conf / "deployment.toml").write_text(text)
    return folder


def spawn(home: Path, **environment: str) -> subprocess.Popen:
    """Start the stand-in of *home* as the image starts it."""
    variables = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(PACKAGE),
        "WSO2_SERVER_HOME": str(home),
        **environment,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "standin"],
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _collect(node: Node) -> None:
    for line in node.process.stdout:
        node.lines.append(line.rstrip("\n"))
    node.process.stdout.close()


def deployment(role: str, offset: int, more: str = "", *, server: str = "") -> str:
    """The head of a deployment.toml as the published samples begin, *more* after it."""
    return f"""
[server]
hostname = "localhost"
node_ip = "127.0.0.1"
server_role = "{role}"
offset = {offset}
{server}

[super_admin]
username = "admin"
password = "admin"
create_admin_account = true

[keystore.tls]
file_name = "wso2carbon.jks"
type = "JKS"
password = "{PASSWORD}"
alias = "wso2carbon"
key_password = "{PASSWORD}"

[truststore]
file_name = "client-truststore.jks"
type = "JKS"
password = "{PASSWORD}"
{more}
"""


@pytest.fixture(scope="module")
def run_home() -> Iterator[Callable[..., Node]]:
    """Start the node of a home that lies there; it ends with the module."""
    nodes: list[Node] = []

    def run(home: Path, role: str, offset: int, *, ready: bool = True, **environment: str) -> Node:
        node = Node(role, offset, spawn(home, **environment))
        nodes.append(node)
        threading.Thread(target=_collect, args=(node,), daemon=True).start()
        if ready:
            node.wait_for(r"WSO2 Carbon started in \d+ sec")
        return node

    yield run
    for node in nodes:
        node.stop()


@pytest.fixture(scope="module")
def start(tmp_path_factory, security, run_home) -> Callable[..., Node]:
    """Start a node of a role with more configuration; it ends with the module."""

    def start_node(
        role: str,
        more: str = "",
        *,
        offset: int | None = None,
        ready: bool = True,
        server: str = "",
        **environment: str,
    ) -> Node:
        chosen = free_offset() if offset is None else offset
        text = deployment(role, chosen, more, server=server)
        home = _home(tmp_path_factory.mktemp(role), text, security)
        return run_home(home, role, chosen, ready=ready, **environment)

    return start_node


def _hub_table(offset: int, *, password: str = "$ref{super_admin.password}") -> str:
    return f"""
[apim.event_hub]
enable = true
username = "$ref{{super_admin.username}}"
password = "{password}"
service_url = "https://localhost:{9443 + offset}/services/"
event_listening_endpoints = ["tcp://localhost:{5672 + offset}"]

[[apim.event_hub.publish.url_group]]
urls = ["tcp://localhost:{9611 + offset}"]
auth_urls = ["ssl://localhost:{9711 + offset}"]
"""


@pytest.fixture(scope="session")
def hub_table() -> Callable[..., str]:
    """Write the event hub tables of a node whose hub has an offset."""
    return _hub_table


@pytest.fixture(scope="session")
def chosen_offset() -> Callable[[], int]:
    """Choose an offset whose ports are free."""
    return free_offset


@pytest.fixture
def broken_start(tmp_path, security) -> Callable[[str], tuple[int, str]]:
    """Start a node on a deployment.toml that it can't use; give its exit code and its log."""

    def run(text: str) -> tuple[int, str]:
        process = spawn(_home(tmp_path / "home", text, security))
        output, _ = process.communicate(timeout=_START_SECONDS)
        return process.returncode, output

    return run


@pytest.fixture(scope="session")
def deployment_text() -> Callable[..., str]:
    """Write the head of a deployment.toml."""
    return deployment


MYSQLD = (
    "mysqld --no-defaults --initialize-insecure --datadir=/tmp/data && exec mysqld --no-defaults"
    " --datadir=/tmp/data --socket=/tmp/mysqld.sock --pid-file=/tmp/mysqld.pid --mysqlx=OFF"
    " --skip-log-bin --performance-schema=OFF --innodb-buffer-pool-size=32M"
    " --ssl-ca=/tmp/tls/ca.pem --ssl-cert=/tmp/tls/server-cert.pem"
    " --ssl-key=/tmp/tls/server-key.pem"
)


def _docker(*arguments: str, given: str | None = None) -> str:
    done = subprocess.run(
        ["docker", *arguments], input=given, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


class Server:
    """A MySQL in a container, spoken to through its own client."""

    def __init__(self, container: str) -> None:
        self.container = container
        self.port = 0

    def sql(self, text: str, schema: str = "") -> list[list[str]]:
        client = ("exec", "-i", self.container, "mysql", "--no-defaults", "-uroot", "-N", "-B")
        output = _docker(*client, "-S/tmp/mysqld.sock", *filter(None, [schema]), given=text)
        return [line.split("\t") for line in output.splitlines()]

    def take_certificates(self, folder: str) -> None:
        """Serve with the certificate and the CA of a folder inside the container."""
        files = {"ssl_ca": "ca.pem", "ssl_cert": "server-cert.pem", "ssl_key": "server-key.pem"}
        changes = (f"SET GLOBAL {name} = '/tmp/{folder}/{file}';" for name, file in files.items())
        self.sql("".join(changes) + "ALTER INSTANCE RELOAD TLS;")

    def wait(self) -> None:
        deadline = time.monotonic() + 60
        ready = ["docker", "exec", self.container, "mysqladmin", "--no-defaults", "-uroot"]
        while True:
            done = subprocess.run(
                [*ready, "-S/tmp/mysqld.sock", "ping"], capture_output=True, check=False
            )
            if done.returncode == 0:
                return
            assert time.monotonic() < deadline, _docker("logs", self.container)
            time.sleep(0.1)


@pytest.fixture(scope="module")
def server(security, tmp_path_factory) -> Iterator[Server]:
    """A MySQL of its own, with the tests' certificates and a user `lab`."""
    from lab.launch.engine import Engine  # noqa: PLC0415 - only where an engine is needed
    from lab.launch.sources import Sources  # noqa: PLC0415

    with Engine.connect() as engine:
        image = Sources(engine, print).ensure("mysql")
    name = f"stand-in-test-{secrets.token_hex(4)}"
    tls = tmp_path_factory.mktemp("tls")
    tls.chmod(0o755)
    for file in ("ca.pem", "server-cert.pem", "server-key.pem"):
        (tls / file).write_bytes((security.folder / file).read_bytes())
        (tls / file).chmod(0o644)
    options = ("--user=999:999", "--publish=127.0.0.1::3306", "--label=apim-lab.test=stand-in")
    _docker("create", "--name", name, *options, "--entrypoint=sh", image, "-c", MYSQLD)
    try:
        _docker("cp", str(tls), f"{name}:/tmp/tls")
        _docker("start", name)
        found = Server(name)
        found.wait()
        found.port = int(_docker("port", name, "3306/tcp").rpartition(":")[2])
        found.sql("CREATE USER 'lab'@'%' IDENTIFIED BY 'lab-secret'; GRANT ALL ON *.* TO 'lab'@'%'")
        yield found
    finally:
        _docker("rm", "--force", "--volumes", name)


@pytest.fixture(scope="session")
def dbscripts() -> Path:
    """The folder of the stand-in's own dbscripts."""
    return PACKAGE / "dbscripts"

"""The LDAP probe against a real OpenLDAP, and the stand-in's LDAP server against its client."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from probes.attempt import attempt
from probes.local import stand_here
from probes.result import Outcome, Phase, Result
from probes.target import Protocol, Target

pytestmark = pytest.mark.engine

HOST = "km.wso2.com"
NAME, PASSWORD = "cn=store,dc=wso2,dc=org", "a-secret&of%the@lab"
USERS = "ou=Users,dc=wso2,dc=org"
_PATIENCE = 60  # seconds, for a server that starts on a busy machine

SLAPD_CONF = f"""
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile /tmp/slapd.pid
TLSCertificateFile /lab/server.pem
TLSCertificateKeyFile /lab/server.pem
database mdb
suffix "dc=wso2,dc=org"
rootdn "{NAME}"
rootpw "{PASSWORD}"
directory /tmp/db
"""

LDIF = """
dn: dc=wso2,dc=org
objectClass: domain
dc: wso2

dn: ou=Users,dc=wso2,dc=org
objectClass: organizationalUnit
ou: Users
"""

SLAPD = """
set -e
mkdir /tmp/db
slapadd -f /lab/slapd.conf -l /lab/base.ldif
exec slapd -f /lab/slapd.conf -h 'ldap://:389/ ldaps://:636/' -d 0
"""

STAND_IN = Path(__file__).parents[3] / "images/stand-in"
EMBEDDED = """
import socket, time
from standin.classic.configuration import EmbeddedLdap
from standin.classic.ldap.server import LdapServer
from standin.configuration import Account
with socket.socket() as probe:
    probe.bind(("", 0))
    port = probe.getsockname()[1]
users = (Account("admin", "admin"),)
LdapServer(EmbeddedLdap(port, "wso2.org", "admin", users)).open()
time.sleep(600)
"""
LDAPSEARCH = ("ldapsearch", "-x", "-LLL", "-o", "nettimeout=10")
ADMIN = ("-D", "uid=admin,ou=system", "-w", "admin")


@pytest.fixture(scope="module")
def openldap(package_image, running, authority):
    image = package_image("openldap", "slapd", "ldap-utils")
    authority.server(HOST)
    files = {
        "/lab/slapd.conf": SLAPD_CONF,
        "/lab/base.ldif": LDIF,
        "/lab/server.pem": authority.file(HOST).read_text(),
    }
    # It sizes its tables by the limit of descriptors.
    options = ("--ulimit=nofile=1024:1024",)
    with running(image, "sh", "-c", SLAPD, options=options, files=files) as container:
        vantage = stand_here(authority.pem, {HOST: container.address})
        deadline = time.monotonic() + _PATIENCE
        while asyncio.run(attempt(target(), vantage)).outcome is Outcome.REFUSED:
            assert time.monotonic() < deadline, container.log()
            time.sleep(0.1)
        yield vantage


def target(**fields: object) -> Target:
    values = {
        "port": 389,
        "username": NAME,
        "password": PASSWORD,
        "use_tls": False,
        "search_base": USERS,
        **fields,
    }
    return Target(id="a link", protocol=Protocol.LDAP, host=HOST, **values)


def ask(vantage, **fields: object) -> Result:
    return asyncio.run(attempt(target(**fields), vantage))


def test_openldap_takes_the_bind_and_has_the_base(openldap):
    result = ask(openldap)
    assert (result.outcome, result.seen) == (Outcome.OK, f"bound, {USERS} is there"), result
    assert list(result.phases) == [Phase.DNS, Phase.TCP, Phase.AUTH, Phase.APP]


def test_openldap_takes_the_bind_over_tls(openldap):
    result = ask(openldap, port=636, use_tls=True)
    assert result.outcome is Outcome.OK, result
    assert Phase.TLS in result.phases


@pytest.mark.parametrize(
    ("fields", "seen"),
    [
        ({"password": "another"}, "invalid credentials (49)"),
        ({"username": "cn=nobody,dc=wso2,dc=org"}, "invalid credentials (49)"),
        ({"password": ""}, "unwilling to perform (53)"),
    ],
)
def test_openldap_refuses_the_bind(openldap, fields, seen):
    result = ask(openldap, **fields)
    assert result.outcome is Outcome.CREDENTIALS_REFUSED
    assert result.seen.startswith(seen)
    assert list(result.phases)[-1] is Phase.AUTH


@pytest.mark.parametrize(
    ("fields", "seen"),
    [
        ({"search_base": "ou=Nobody,dc=wso2,dc=org"}, "no such object (32)"),
        ({"search_base": "dc=other,dc=org"}, "no such object (32)"),
        ({"username": "no name at all"}, "invalid DN syntax (34)"),
    ],
)
def test_openldap_answers_otherwise(openldap, fields, seen):
    result = ask(openldap, **fields)
    assert result.outcome is Outcome.WRONG_ANSWER
    assert result.seen.startswith(seen)


def test_plain_ldap_to_its_tls_port_is_no_ldap_answer(openldap):
    result = ask(openldap, port=636)
    assert result.outcome in (Outcome.WRONG_PROTOCOL, Outcome.CLOSED)


@pytest.fixture(scope="module")
def embedded_ldap(tmp_path_factory):
    """The port of the stand-in's LDAP server, which runs alone in a process."""
    process = subprocess.Popen(
        [sys.executable, "-c", EMBEDDED],
        env={"PYTHONPATH": str(STAND_IN), "PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        line = next(each for each in process.stdout if "open at" in each)
        yield int(line.partition("listener ")[2].split()[0])
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def search(package_image, embedded_ldap):
    """Run OpenLDAP's own client against the stand-in's server; give exit code and output."""
    image = package_image("openldap", "slapd", "ldap-utils")
    command = ("docker", "run", "--rm", "--network=host", image)

    def run(*words: str) -> tuple[int, str]:
        url = f"ldap://127.0.0.1:{embedded_ldap}"
        done = subprocess.run(
            [*command, *LDAPSEARCH, "-H", url, *words],
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    return run


def test_ldapsearch_finds_the_super_admin_in_the_stand_in(search):
    code, said = search(*ADMIN, "-b", USERS, "(&(objectClass=person)(uid=ADMIN))", "uid", "cn")
    assert code == 0, said
    assert said.split("\n")[:3] == [
        "dn: uid=admin,ou=Users,dc=WSO2,dc=ORG",
        "uid: admin",
        "cn: admin",
    ]


def test_ldapsearch_lists_the_groups_of_a_member(search):
    member = "uid=admin,ou=Users,dc=wso2,dc=org"
    condition = f"(&(objectClass=groupOfNames)(member={member})(|(cn=a*)(!(cn=*))))"
    code, said = search(*ADMIN, "-b", "ou=Groups,dc=wso2,dc=org", condition, "cn")
    assert code == 0, said
    assert "cn: admin" in said


def test_ldapsearch_reads_the_root_entry(search):
    code, said = search(*ADMIN, "-b", "", "-s", "base", "namingContexts", "vendorVersion")
    assert code == 0, said
    assert "namingContexts: dc=WSO2,dc=ORG" in said
    assert "vendorVersion: 1.5.7" in said


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("-D", "uid=admin,ou=system", "-w", "wrong", "-b", USERS), 49),
        (("-D", "uid=nobody,ou=system", "-w", "admin", "-b", USERS), 49),
        (("-D", "nonsense", "-w", "admin", "-b", USERS), 34),
        (("-b", USERS), 49),
        ((*ADMIN, "-b", "dc=other,dc=org"), 32),
    ],
)
def test_ldapsearch_is_refused_as_by_the_product(search, words, code):
    assert search(*words)[0] == code

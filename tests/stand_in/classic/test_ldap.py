"""The embedded LDAP server, byte by byte, with requests that OpenLDAP's own client sent."""

import socket

import pytest

# `ldapsearch -x -D uid=admin,ou=system -w admin -b ou=Users,dc=wso2,dc=org -s base -z 1
# '(objectClass=*)' 1.1` of OpenLDAP 2.5.13.
BIND = bytes.fromhex("3024020101601f02010304137569643d61646d696e2c6f753d73797374656d800561646d696e")
FIND = bytes.fromhex(
    "3041020102633c0417"
    "6f753d55736572732c64633d77736f322c64633d6f7267"
    "0a01000a0100020101020100010100870b"
    "6f626a656374436c617373"
    "30050403312e31"
)
BOUND = bytes.fromhex("300c02010161070a010004000400")
FOUND = (
    bytes.fromhex("3020020102641b0417")
    + b"ou=Users,dc=WSO2,dc=ORG"
    + bytes.fromhex("3000300c02010265070a010004000400")
)


@pytest.fixture(scope="module")
def node(start_classic):
    return start_classic("key-manager")


@pytest.fixture
def talk(node):
    with socket.create_connection(("127.0.0.1", node.port(10389)), 5) as connection:
        stream = connection.makefile("rb")

        def say(request: bytes, size: int) -> bytes:
            connection.sendall(request)
            return stream.read(size)

        yield say
        stream.close()


def test_the_bind_of_openldaps_client_succeeds(talk):
    assert talk(BIND, len(BOUND)) == BOUND


def test_its_search_for_the_base_finds_it_in_upper_case(talk):
    talk(BIND, len(BOUND))
    assert talk(FIND, len(FOUND)) == FOUND


def test_two_requests_in_one_write_get_two_answers(talk):
    assert talk(BIND + FIND, len(BOUND + FOUND)) == BOUND + FOUND


def test_a_wrong_password_is_49(talk):
    answer = talk(BIND.replace(b"\x05admin", b"\x05wrong"), 12)
    assert (answer[5], answer[9]) == (0x61, 49)


def test_a_search_without_a_bind_finds_nothing(talk):
    answer = talk(FIND, 12)
    assert (answer[5], answer[9]) == (0x65, 50)


def test_a_failed_bind_takes_an_earlier_one_back(talk):
    talk(BIND, len(BOUND))
    size = talk(BIND.replace(b"\x05admin", b"\x05wrong"), 2)[1]
    talk(b"", size)
    assert talk(FIND, 12)[9] == 50


def test_bytes_that_are_no_ldap_end_the_connection(talk):
    assert talk(b"GET / HTTP/1.0\r\n\r\n", 1) == b""

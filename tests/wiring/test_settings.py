"""Effective values: references, system properties and defaults, as the product resolves them."""

import pytest

from lab.wiring.settings import Settings, steps
from lab.wiring.toml_reader import read_toml


@pytest.fixture
def settings(tmp_path):
    def read(text: str) -> Settings:
        path = tmp_path / "deployment.toml"
        path.write_text(text, encoding="utf-8")
        return Settings("n", read_toml(path, "n/deployment.toml"))

    return read


ADMIN = '[super_admin]\nusername = "boss"\npassword = "secret"\n'


def test_a_reference_gives_the_text_and_the_line_where_it_is_written(settings):
    node = settings(ADMIN + '[apim.event_hub]\npassword = "$ref{super_admin.password}"\n')
    value = node.value("apim.event_hub.password")
    assert (value.text, value.at.line, value.used_at.line) == ("secret", 3, 5)


def test_references_are_followed_through_defaults(settings):
    node = settings(ADMIN)
    value = node.value("apim.event_hub.password")
    assert (value.text, value.at.line, value.is_known) == ("secret", 3, True)


@pytest.mark.parametrize(
    ("user_key", "chain"),
    [
        ("apim.throttling.receiver_username", "apim.throttling"),
        ("apim.throttling.jms.username", "apim.throttling"),
        ("apim.throttling.policy_deploy.username", "apim.throttling"),
        ("apim.event_hub.username", "apim.throttling"),
    ],
)
def test_logins_fall_back_to_throttlings_before_the_super_admin(settings, user_key, chain):
    node = settings(ADMIN + f'[{chain}]\nusername = "between"\n')
    assert node.text(user_key) == "between"
    assert settings(ADMIN).text(user_key) == "boss"


def test_a_value_of_several_pieces_stands_where_it_is_used(settings):
    node = settings(ADMIN + '[x]\ny = "$ref{super_admin.username}-${admin.password}"\n')
    value = node.value("x.y")
    assert (value.text, value.at.line) == ("boss-secret", 5)


@pytest.mark.parametrize(
    ("text", "resolved"),
    [
        ("${mgt.transport.https.port}", "9445"),
        ("${carbon.management.port}", "9445"),
        ("${mgt.transport.http.port}", "9765"),
        ("${http.nio.port}", "8282"),
        ("${https.nio.port}", "8245"),
        ("${receiver.url.port}", "9613"),
        ("${auth.url.port}", "9713"),
        ("${jms.port}", "5674"),
        ("${carbon.local.ip}", "localhost"),
        ("${carbon.host}", "cp.wso2.com"),
        (
            "${carbon.protocol}://${carbon.host}${carbon.context}services/",
            "https://cp.wso2.com/services/",
        ),
        ("${admin.username}:${admin.password}", "boss:secret"),
    ],
)
def test_system_properties_are_the_local_nodes_with_its_offset(settings, text, resolved):
    node = settings(ADMIN + f'[server]\nhostname = "cp.wso2.com"\noffset = 2\n[x]\ny = "{text}"\n')
    assert node.text("x.y") == resolved


def test_a_port_set_in_the_file_counts_before_the_offset(settings):
    node = settings("[server]\noffset = 1\n[transport.https.properties]\nport = 7443\n")
    assert node.port("mgt.transport.https.port") == 7444


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("$env{CP_HOST}", False),
        ("$secret{admin}", False),
        ("${who.knows}", False),
        ("$ref{apim.absent}", True),
    ],
)
def test_what_the_files_do_not_tell_is_a_trouble_and_stays_as_written(settings, text, never):
    value = settings(f'[x]\ny = "https://{text}:9443/"\n').value("x.y")
    assert value.text == f"https://{text}:9443/"
    assert [(trouble.never, trouble.at.line) for trouble in value.troubles] == [(never, 2)]


@pytest.mark.parametrize(
    "text",
    ['a = "$ref{x.a}"', 'a = "$ref{x.b}"\nb = "-$ref{x.c}"\nc = "$ref{x.a}"'],
)
def test_references_that_go_round_are_a_trouble_and_end(settings, text):
    value = settings(f"[x]\n{text}\n").value("x.a")
    assert any("refers to itself: x.a →" in trouble.what for trouble in value.troubles)


@pytest.mark.parametrize(
    "text",
    [
        '[server]\nhostname = "${carbon.host}"\n',
        '[server]\nhostname = "${unknown}"\n',
        '[server]\noffset = "${jms.port}"\n',
        '[transport.https.properties]\nport = "${mgt.transport.https.port}"\n',
    ],
)
def test_properties_that_go_round_end(settings, text):
    node = settings(text + '[x]\ny = "${carbon.host}:${mgt.transport.https.port}"\n')
    assert node.text("x.y").endswith(":9443")


def test_a_chain_of_references_without_end_is_a_trouble(settings):
    chain = "".join(f'k{n} = "$ref{{x.k{n + 1}}}"\n' for n in range(2000))
    value = settings(f"[x]\n{chain}").value("x.k0")
    assert "too long" in value.troubles[0].what


def test_values_that_are_no_text_are_told_as_the_product_tells_them(settings):
    node = settings("[x]\non = true\nnumber = 7\n")
    assert (node.text("x.on"), node.text("x.number")) == ("true", "7")
    assert node.is_on("x.on")


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("a.b", ("a", "b")),
        ("a.'b.c'.d", ("a", "b.c", "d")),
        ("a[0].b[12]", ("a", 0, "b", 12)),
    ],
)
def test_a_key_comes_apart_into_its_steps(key, path):
    assert steps(key) == path


def test_an_offset_that_is_no_number_counts_as_none(settings):
    assert settings('[server]\noffset = "one"\n').offset == 0

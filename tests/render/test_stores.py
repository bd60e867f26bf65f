import pytest

from lab.render.stores import Store, keystores, store_problems, truststore

STORE = Store("wso2carbon.jks", "wso2carbon", "wso2carbon")
TRUST = Store("client-truststore.jks", "wso2carbon")


def test_without_a_word_the_stores_are_the_product_s():
    assert keystores({}) == (STORE,)
    assert truststore({}) == TRUST


def test_tls_and_internal_follow_the_primary_keystore():
    values = {"keystore": {"primary": {"file_name": "own.jks"}, "tls": {"alias": "tls"}}}
    assert keystores(values) == (
        Store("own.jks", "wso2carbon", "wso2carbon"),
        Store("own.jks", "wso2carbon", "tls"),
    )


def test_a_keystore_of_its_own_for_tls_leaves_the_primary_one():
    values = {"keystore": {"tls": {"file_name": "tls.jks", "password": "p", "alias": "a"}}}
    assert keystores(values) == (STORE, Store("tls.jks", "p", "a"))


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({"keystore": {"tls": {"file_name": "a/b.jks"}}}, "can't be a store's file name"),
        ({"keystore": {"tls": {"file_name": "../b.jks"}}}, "can't be a store's file name"),
        ({"keystore": {"tls": {"file_name": "deployment.toml"}}}, "can't be a store's file name"),
        ({"truststore": {"file_name": ""}}, "can't be a store's file name"),
        ({"truststore": {"file_name": "wso2carbon.jks"}}, "two passwords or two aliases"),
        ({"keystore": {"tls": {"alias": "other"}}}, "two passwords or two aliases"),
        ({"keystore": {"tls": {"key_password": "other"}}}, "PKCS#12 has one for both"),
        (
            {"keystore": {"primary": {"password": "p", "key_password": "other"}, "tls": {}}},
            "PKCS#12 has one for both",
        ),
        ({"keystore": {"primary": {"password": ""}}}, "password is empty"),
        (
            {"keystore": {"primary": {"password": ""}, "tls": {"password": "wso2carbon"}}},
            "password is empty",
        ),
        ({"truststore": {"password": ""}}, "password is empty"),
    ],
)
def test_a_store_that_can_t_be_written_is_told(values: dict[str, object], what: str):
    (problem,) = store_problems(values, "t.toml: nodes.gw.config")
    assert what in problem.what
    assert problem.where.startswith("t.toml: nodes.gw.config")


def test_a_key_s_password_is_compared_with_the_one_that_its_store_inherits() -> None:
    values = {"keystore": {"primary": {"password": "secret1"}, "tls": {"key_password": "secret1"}}}
    assert store_problems(values, "t.toml") == []


def test_an_empty_password_is_told_where_it_stands() -> None:
    values = {"keystore": {"primary": {"password": ""}}, "truststore": {"password": ""}}
    assert [problem.where for problem in store_problems(values, "t.toml: config")] == [
        "t.toml: config.keystore.primary.password",
        "t.toml: config.truststore.password",
    ]


def test_the_samples_stores_have_no_problem():
    tls = {"file_name": "wso2carbon.jks", "type": "JKS", "password": "wso2carbon"}
    values = {"keystore": {"tls": tls | {"alias": "wso2carbon", "key_password": "wso2carbon"}}}
    assert store_problems(values, "t.toml") == []


def test_values_of_another_type_are_taken_as_nothing():
    assert keystores({"keystore": 1}) == (STORE,)
    assert keystores({"keystore": {"tls": 1}}) == (STORE,)
    assert truststore({"truststore": []}) == TRUST

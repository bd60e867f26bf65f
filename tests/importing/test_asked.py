"""Which of two names may be a slip of the other."""

import pytest

from lab.importing.asked import are_near


@pytest.mark.parametrize(
    ("one", "other"),
    [("apin.acme.example", "apim.acme.example"), ("kn.acme.example", "km.acme.example")],
)
def test_a_name_with_a_letter_wrong_is_a_slip(one: str, other: str) -> None:
    assert are_near(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("gw.apim.acme.example", "am.apim.acme.example"),
        ("websub.apim.acme.example", "websocket.apim.acme.example"),
    ],
)
def test_a_long_domain_in_common_makes_no_slip(one: str, other: str) -> None:
    assert not are_near(one, other)

"""The forms of a key that AES takes: those of `SymmetricKeyInternalCryptoProvider`, by version."""

import pytest

from lab.products.encryption_4x import key_length_fault

UP_TO_4_6, FROM_4_7 = (4, 6, 0), (4, 7, 0)


@pytest.mark.parametrize("version", [UP_TO_4_6, FROM_4_7, None])
@pytest.mark.parametrize("length", [16, 24, 32])
def test_characters_are_taken_as_they_are(length: int, version: tuple[int, ...] | None):
    assert key_length_fault("k" * length, version) == ""


@pytest.mark.parametrize("length", [48, 64])
def test_hexadecimal_digits_are_taken_from_4_7_on(length: int):
    assert key_length_fault("aB" * (length // 2), FROM_4_7) == ""
    assert key_length_fault("aB" * (length // 2), None) == ""
    fault = f"has {length} characters, and AES takes 16, 24 or 32"
    assert key_length_fault("aB" * (length // 2), UP_TO_4_6) == fault


def test_as_many_characters_that_are_no_digits_are_no_key():
    fault = "has 64 characters that are no hexadecimal digits"
    assert key_length_fault("xy" * 32, FROM_4_7) == fault


@pytest.mark.parametrize("length", [0, 15, 33, 63, 65])
def test_other_lengths_are_no_key(length: int):
    fault = f"has {length} characters, and AES takes 16, 24, 32, 48 or 64"
    assert key_length_fault("a" * length, FROM_4_7) == fault

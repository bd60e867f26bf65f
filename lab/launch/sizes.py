"""Sizes as a container's limits are written: `256m`, `1g`."""

_UNITS = {"b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


def bytes_of(text: str) -> int:
    """Give the bytes of a size such as `256m`; raises `ValueError` when it is none."""
    number, unit = (text[:-1], text[-1].lower()) if text[-1:].isalpha() else (text, "b")
    if unit not in _UNITS:
        raise ValueError(text)
    return int(number) * _UNITS[unit]

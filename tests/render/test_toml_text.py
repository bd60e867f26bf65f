import datetime as dt
import tomllib
from typing import Any

import pytest

from lab.render.toml_text import toml_text

VALUES: list[dict[str, Any]] = [
    {},
    {"a": 1, "b": True, "c": 1.5, "d": "x", "e": [1, 2], "f": []},
    {"t": {"u": {"v": {"w": 1}}}},
    {"t": {"u": {"v": 1}, "x": 1}, "y": 2},
    {"t": {}},
    {"list": [{"a": 1}, {"b": [{"c": 1}, {"c": 2}]}, {}]},
    {"one": {"two": [{"three": {"four": 1}}, {"three": {"four": 2}}], "five": 5}},
    {"quoted": {"header.X-WSO2-KEY-MANAGER": "default", "a b": 1, "": 2, "it's.dotted": 3}},
    {"nested": [[1, 2], ["a"]], "mixed": [1, {"a": 1}]},
    {"text": 'a "b" \\ c \' d \n e \t f ä € \x00 \x7f'},
    {"when": dt.datetime(2026, 11, 22, 17, 0, tzinfo=dt.UTC), "day": dt.date(2026, 11, 22)},
    {"z": {"deep": [{"a": 1}]}, "plain": 1},
]


@pytest.mark.parametrize("values", VALUES)
def test_what_is_written_reads_back_the_same(values: dict[str, Any]):
    assert tomllib.loads(toml_text(values, {})) == values


def test_a_comment_stands_under_its_table_s_header():
    values = {"a": {"b": {"c": 1}}, "d": [{"e": {"f": 1}}, {"g": 2}]}
    comments = {("a", "b"): "of b", ("d",): "of each d", ("d", "e"): "of e"}
    text = toml_text(values, comments)
    assert tomllib.loads(text) == values
    assert text == (
        "[a.b]\n# of b\nc = 1\n\n"
        "[[d]]\n# of each d\n\n[d.e]\n# of e\nf = 1\n\n"
        "[[d]]\n# of each d\ng = 2\n"
    )


def test_a_dotted_name_is_written_between_single_quotes():
    text = toml_text({"p": {"header.X-WSO2-KEY-MANAGER": "default"}}, {})
    assert text == "[p]\n'header.X-WSO2-KEY-MANAGER' = \"default\"\n"

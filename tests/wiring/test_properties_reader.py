"""A `.properties` file of the product: names, values, lines."""

from pathlib import Path

import pytest

from lab.errors import TopologyError
from lab.wiring.properties_reader import read_properties


def test_names_values_and_lines_are_those_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "jndi.properties"
    file.write_bytes(b"# one\r\n! two\r\na.b = x = y \r\n\r\nc:d\r\n  e=\xe4\na.b = later\n")
    values, lines = read_properties(file, "jndi.properties")
    assert values == {"a.b": "later", "c": "d", "e": "ä"}
    assert lines == {"a.b": 7, "c": 5, "e": 6}


def test_a_file_that_cant_be_read_is_told_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(TopologyError) as refused:
        read_properties(tmp_path / "gone", "am/jndi.properties")
    (problem,) = refused.value.problems
    assert problem.where == "am/jndi.properties"

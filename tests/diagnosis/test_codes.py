import re
from pathlib import Path

import pytest

from lab.diagnosis.codes import Code, rank

DOCUMENT = Path(__file__).parents[2] / "docs" / "diagnosis.md"


def test_every_code_has_a_section_and_every_section_a_code() -> None:
    sections = re.findall(r"^### (LAB\d{4}) ", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert sections == [str(code) for code in Code]


def test_no_code_is_one_of_the_static_checks() -> None:
    assert {str(code)[:5] for code in Code} == {"LAB02"}


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (Code.EXITED, Code.SCHEMA_INCOMPLETE),
        (Code.SCHEMA_INCOMPLETE, Code.WRONG_CREDENTIALS),
        (Code.WRONG_PORT, Code.PORT_CLOSED),
        (Code.PORT_CLOSED, Code.FLOW),
        (Code.FLOW, Code.NOT_JUDGED),
    ],
)
def test_what_is_down_weighs_more_than_a_line_and_that_more_than_a_symptom(
    first: Code, then: Code
) -> None:
    assert rank(first) < rank(then)

"""The words of `lab fault`; what they do is proven in tests/e2e."""

import pytest

from lab.errors import LabError, UsageError
from lab.plan.fault import Fault, FaultKind
from lab.verbs.fault_words import Wanted, read_fault
from tests.diagnosis.cluster import LINKS


def read(*words: str) -> Fault:
    return read_fault(Wanted(words[0], words[1:], delay=1000), lambda: LINKS)


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("cut gw cp", Fault(FaultKind.CUT, "gw", "cp")),
        ("refuse gw cp:5672", Fault(FaultKind.REFUSE, "gw", "cp", 5672)),
        ("slow gw cp:5672", Fault(FaultKind.SLOW, "gw", "cp", 5672, 1000)),
        ("cut gw/hub.listen", Fault(FaultKind.CUT, "gw", "cp", 5672)),
        ("certificate tm:9711", Fault(FaultKind.CERTIFICATE, "tm", port=9711)),
        ("stop db", Fault(FaultKind.STOP, "db")),
    ],
)
def test_words_name_a_fault(words: str, fault: Fault) -> None:
    assert read(*words.split()) == fault


@pytest.mark.parametrize(
    "words",
    ["isolate gw cp", "stop gw id", "cut gw cp touch", "cut gw/hub.listen cp", "pause tm x"],
)
def test_a_word_too_many_is_no_command(words: str) -> None:
    with pytest.raises(UsageError, match=f"`{words.rsplit(maxsplit=1)[-1]}` is a word too many"):
        read(*words.split())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("cutt gw cp", "no fault `cutt`"),
        ("cut gw", "between whom?"),
        ("cut gw cp:amqp", "`amqp` is no port"),
        ("cut gw cp:0", "`0` is no port"),
        ("cut gw cp:70000", "`70000` is no port"),
        ("cut gw cp:", "`` is no port"),
        ("pause", "at whom?"),
    ],
)
def test_what_cant_be_understood_is_said(words: str, said: str) -> None:
    with pytest.raises(UsageError, match=said.replace("?", r"\?")):
        read(*words.split())


def test_an_unknown_link_is_said() -> None:
    with pytest.raises(LabError, match="no link `gw/none`"):
        read("cut", "gw/none")

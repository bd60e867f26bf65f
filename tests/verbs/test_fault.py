"""The words of `lab fault`; what they do is proven in tests/e2e."""

import pytest

from lab.errors import LabError, UsageError
from lab.plan.fault import Fault, FaultKind
from lab.verbs.fault import Wanted, read_fault
from tests.diagnosis.cluster import LINKS


def read(*words: str, delay: int = 1000) -> tuple[Fault, tuple[str, ...]]:
    return read_fault(Wanted(words[0], words[1:], delay), lambda: LINKS)


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
    assert read(*words.split()) == (fault, ())


@pytest.mark.parametrize("words", ["cut gw cp:5672", "cut gw/hub.listen", "pause tm"])
def test_what_follows_is_a_command(words: str) -> None:
    assert read(*words.split(), "pytest", "-x")[1] == ("pytest", "-x")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("cutt gw cp", "no fault `cutt`"),
        ("cut gw", "between whom?"),
        ("cut gw cp:amqp", "`amqp` is no port"),
        ("pause", "at whom?"),
        ("slow gw cp:5672 --delay 300", "no option `--delay`"),
        ("slow --delay 300 gw cp", "no option `--delay`"),
        ("pause --all", "no option `--all`"),
    ],
)
def test_what_cant_be_understood_is_said(words: str, said: str) -> None:
    with pytest.raises(UsageError, match=said.replace("?", r"\?")):
        read(*words.split())


def test_an_unknown_link_is_said() -> None:
    with pytest.raises(LabError, match="no link `gw/none`"):
        read("cut", "gw/none")

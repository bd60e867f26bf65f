import signal

import pytest

from lab.interrupts import ending_like_ctrl_c, interrupted_afterwards, uninterrupted


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_sigterm_and_a_closed_terminal_interrupt_like_ctrl_c(number: int) -> None:
    before = signal.signal(number, signal.SIG_DFL)  # under nohup the tests themselves ignore one
    try:
        with pytest.raises(KeyboardInterrupt), ending_like_ctrl_c():
            signal.raise_signal(number)
    finally:
        signal.signal(number, before)


def test_sigterm_interrupts_a_background_job_that_ignores_ctrl_c() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with pytest.raises(KeyboardInterrupt), ending_like_ctrl_c():
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_closed_terminal_does_not_end_what_nohup_started() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ending_like_ctrl_c():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_nothing_interrupts_a_clean_up() -> None:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    with uninterrupted():
        for number in numbers:
            signal.raise_signal(number)
        assert {signal.getsignal(number) for number in numbers} == {signal.SIG_IGN}


def test_afterwards_signals_do_what_they_did() -> None:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    with ending_like_ctrl_c(), uninterrupted():
        pass
    assert [signal.getsignal(number) for number in numbers] == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_what_comes_meanwhile_interrupts_afterwards(number: int) -> None:
    before = signal.signal(number, signal.default_int_handler)
    done = []

    def work() -> None:
        with ending_like_ctrl_c():
            with interrupted_afterwards():
                signal.raise_signal(number)
                done.append("work")
            done.append("what follows")

    try:
        with pytest.raises(KeyboardInterrupt):
            work()
    finally:
        signal.signal(number, before)
    assert done == ["work"]

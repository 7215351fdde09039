"""Interruptions come after what is held together, not in the middle of it."""

from __future__ import annotations

import signal
from contextlib import suppress

import pytest

from evgrade.cli.execution import Interrupts

BOTH = [signal.SIGINT, signal.SIGTERM]


@pytest.mark.parametrize("number", BOTH)
def test_a_signal_interrupts(number: signal.Signals) -> None:
    with Interrupts().caught(), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(number)


def held(interrupts: Interrupts, *numbers: signal.Signals) -> list[str]:
    """Do something as a whole while signals come, then more; return what was done before it was interrupted."""
    done = []
    with suppress(KeyboardInterrupt), interrupts.caught():
        with interrupts.held():
            for number in numbers:
                signal.raise_signal(number)
                done.append(f"after {number.name}")
        done.append("more")
    return done


@pytest.mark.parametrize("number", BOTH)
def test_what_is_held_together_is_done_first(number: signal.Signals) -> None:
    assert held(Interrupts(), number) == [f"after {number.name}"]


def test_who_asks_twice_need_not_wait() -> None:
    assert held(Interrupts(), signal.SIGINT, signal.SIGTERM) == ["after SIGINT"]


def test_without_a_signal_all_is_done() -> None:
    assert held(Interrupts()) == ["more"]


def test_afterwards_signals_are_as_before() -> None:
    before = [signal.getsignal(number) for number in BOTH]
    with Interrupts().caught():
        assert signal.getsignal(signal.SIGTERM) != before[1]
    assert [signal.getsignal(number) for number in BOTH] == before


def test_a_program_that_ignores_interrupts_goes_on_ignoring_them() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Interrupts().caught():
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)

"""Signals that end a command end it in good order."""

from __future__ import annotations

import os
import signal
from threading import Thread

import pytest

from asrcrawler.system.signals import ended_by_sigterm, hangup_is_sigterm, unwinding

ENDING = (signal.SIGTERM, signal.SIGHUP)


def handlers() -> list[object]:
    return [signal.getsignal(number) for number in ENDING]


@pytest.mark.parametrize("number", ENDING)
def test_both_signals_are_a_ctrl_c_and_then_what_they_were(number: signal.Signals) -> None:
    before = handlers()
    with pytest.raises(KeyboardInterrupt), ended_by_sigterm():
        signal.raise_signal(number)
    assert handlers() == before


def test_a_terminal_that_is_closed_counts_once() -> None:
    with ended_by_sigterm():
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGHUP)
        signal.raise_signal(signal.SIGHUP)


def test_a_hangup_that_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ended_by_sigterm(), hangup_is_sigterm(), unwinding():
            signal.raise_signal(signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_the_stack_is_unwound_before_the_signal_is_raised_again(monkeypatch: pytest.MonkeyPatch) -> None:
    before = handlers()
    done: list[object] = []
    monkeypatch.setattr(signal, "raise_signal", lambda number: done.append((number, handlers() == before)))
    with unwinding():
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            done.append("unwound")
    assert done == ["unwound", (signal.SIGTERM, True)]


def test_a_thread_leaves_signals_alone() -> None:
    before, inside = handlers(), []

    def work() -> None:
        with unwinding():
            inside.extend(handlers())

    thread = Thread(target=work)
    thread.start()
    thread.join()
    assert inside == before

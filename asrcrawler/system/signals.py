"""Let a command end in good order when SIGTERM or SIGHUP ends it."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def ended_by_sigterm() -> Iterator[None]:
    """Make SIGTERM and SIGHUP raise :exc:`KeyboardInterrupt`, as Ctrl-C does."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with _handled(interrupt, signal.SIGTERM), hangup_is_sigterm():
        yield


@contextmanager
def hangup_is_sigterm() -> Iterator[None]:
    """Make SIGHUP do what SIGTERM does, unless it is ignored already (``nohup``).

    Once: a terminal that is closed sends it more than once, and a second SIGTERM would end the process at once.
    """

    def pass_on(*_: object) -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.raise_signal(signal.SIGTERM)

    with _handled(pass_on, *_not_handled(signal.SIGHUP)):
        yield


@contextmanager
def unwinding() -> Iterator[None]:
    """Unwind the stack first when SIGTERM or SIGHUP is to end the process; then end it by the same signal."""
    try:
        with _handled(_unwind, *_not_handled(signal.SIGTERM, signal.SIGHUP)):
            yield
    except _Ended as ended:
        signal.raise_signal(ended.number)


class _Ended(BaseException):
    """The error raised in place of a signal that ends the process."""

    def __init__(self, number: int) -> None:
        self.number = number


def _unwind(number: int, _: object) -> None:
    raise _Ended(number)


def _not_handled(*numbers: signal.Signals) -> list[signal.Signals]:
    """Give those signals that end the process at once; none in a thread, which cannot handle any."""
    if threading.current_thread() is not threading.main_thread():
        return []
    return [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]


@contextmanager
def _handled(handler: Callable[[int, Any], None], *numbers: signal.Signals) -> Iterator[None]:
    """Let ``handler`` take these signals; at the end, give them back to what took them before."""
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, other in before.items():
            signal.signal(number, other)

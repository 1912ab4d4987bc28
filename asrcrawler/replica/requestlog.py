"""Log the requests to a server, for tests of politeness and of lost or repeated visits."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One request."""

    path: str
    """The path, decoded, without the query."""
    code: int | None
    """The news code that the path or short link is about."""
    user_agent: str
    at: float
    """Seconds of :func:`time.monotonic`."""
    conditional: bool
    """Whether it came with ``If-None-Match`` or ``If-Modified-Since``."""
    encoding: str
    """The encodings that the client accepts."""


class RequestLog:
    """All requests since the start or the last :meth:`clear`, oldest first. Safe in any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._entries: list[LoggedRequest] = []
        self._open = 0
        self.most_at_once = 0
        """Most requests that were open at one time."""

    def __len__(self) -> int:
        return len(self._entries)

    def begin(self, path: str, code: int | None, user_agent: str, *, conditional: bool, encoding: str) -> None:
        """Log a request that has come in."""
        entry = LoggedRequest(path, code, user_agent, time.monotonic(), conditional, encoding)
        with self._lock:
            self._entries.append(entry)
            self._open += 1
            self.most_at_once = max(self.most_at_once, self._open)

    def end(self) -> None:
        """Log that a request has been answered."""
        with self._lock:
            self._open -= 1

    @property
    def entries(self) -> list[LoggedRequest]:
        with self._lock:
            return list(self._entries)

    @property
    def paths(self) -> Counter[str]:
        """Count how often each path was asked for."""
        return Counter(entry.path for entry in self.entries)

    @property
    def codes(self) -> Counter[int]:
        """Count how often each code was asked for."""
        return Counter(entry.code for entry in self.entries if entry.code is not None)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self.most_at_once = self._open

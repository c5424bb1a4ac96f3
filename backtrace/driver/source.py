"""What a source of events is, and how it says that it came to its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from backtrace.driver.driver import Driver


@dataclass(frozen=True)
class Ending:
    """How a source ended: `problems` are told on stderr, `code` is its exit code."""

    seconds: float
    interrupted: bool = False
    code: int = 0
    problems: tuple[str, ...] = ()
    is_excerpt: bool = False


class Source(Protocol):
    """A config, a script, a trace: whatever has events to tell."""

    def play(self, driver: Driver) -> Ending:
        """Start the driver once the header is known, and hand it every event.

        KeyboardInterrupt may come out of it; the driver then finishes the views.
        """

"""Where a capsule is made, and of how many updates."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from backtrace.errors import UsageError
from backtrace.printable import literal_lines
from backtrace.tracefile.capsule_file import check_capsule_place


@dataclass(frozen=True)
class CapsuleOptions:
    """Where a capsule is made, and of how many updates; `tell` is given what is to be said.

    Findings of the rules in `ignore` are no reason to write it.

    Raises:
        TraceFileError: none can be made there.
        UsageError: it is to hold no update.
    """

    path: Path
    updates: int = 1
    force: bool = False
    tell: Callable[[str], None] | None = None
    ignore: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.updates < 1:
            raise UsageError(f"a capsule of {self.updates} updates: it must be at least 1")
        check_capsule_place(self.path, force=self.force)

    def say(self, text: str) -> None:
        """Tell of something."""
        if self.tell is not None:
            self.tell(text)
        elif sys.stderr is not None:
            sys.stderr.write(f"backtrace: {literal_lines(text)}\n")


def size_text(count: int) -> str:
    """Return so many bytes in a unit that they are a few of."""
    size, unit = next((at for at in ((1e9, "GB"), (1e6, "MB")) if count >= at[0]), (1e3, "kB"))
    return f"{count / size:.3g} {unit}"

"""What a look at the source found to be written the wrong way."""

from __future__ import annotations

from dataclasses import dataclass

from backtrace.ledger.slip_kinds import SlipKind

LONGEST = 60  # characters of a term


@dataclass(frozen=True)
class Slip:
    """What is found in `line`: its kind, how it is written, and what it has to do with.

    `every` is, of what is to come once in many times, how many these are.
    """

    line: int
    kind: SlipKind
    name: str
    beside: str = ""
    every: int = 0

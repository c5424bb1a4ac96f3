"""What a look at the source found to be written the wrong way."""

from __future__ import annotations

from dataclasses import dataclass

from backtrace.ledger.source_facts import SlipKind

LONGEST = 60  # characters of a term


@dataclass(frozen=True)
class Slip:
    """What is found in `line`: its kind, how it is written, and what it has to do with."""

    line: int
    kind: SlipKind
    name: str
    beside: str = ""

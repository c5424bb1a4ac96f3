"""What experiments did to a loop while it ran."""

from __future__ import annotations

from dataclasses import dataclass

from backtrace.ledger.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Steered(Fact):
    """An experiment changed what the loop does: `did` says what, in place of a call or before it.

    What it called itself is written as such; a call that it left out is not.
    """

    experiment: str
    did: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentEnded(Fact):
    """What an experiment came to: how many `times` it changed something, and in words `said`.

    `failed` says why it could not be carried out, '' where it could.
    """

    experiment: str
    times: int
    said: str
    failed: str = ""

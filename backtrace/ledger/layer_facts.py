"""What a few kinds of layers are called on: facts by which rules judge what their axes mean."""

from __future__ import annotations

from dataclasses import dataclass

from backtrace.ledger.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceTaken(Fact):
    """A recurrent or attention layer was called on a tensor of three axes; `shape` is its."""

    type: str
    shape: tuple[int, ...]
    batch_first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockRepeated(Fact):
    """A block was called on what it had just given, and fills a list `count` times alone."""

    container: str
    type: str
    count: int

"""What a condition is: it is told of every event, and says when it has come to hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backtrace.ledger.accounts import Accounts
from backtrace.ledger.events import Event
from backtrace.ledger.updates import Update


@dataclass(frozen=True)
class Moment:
    """An event with what it led to: the updates that it ended, and all accounts after it.

    `update` is the number of the update that it belongs to.
    """

    event: Event
    ended: Sequence[Update]
    update: int
    accounts: Accounts


class Condition:
    """A subclass is one kind of WHEN; `text` is as it was typed."""

    def __init__(self, text: str) -> None:
        self.text = text

    def look(self, moment: Moment) -> str:
        """Say why the run is to be stopped here, '' if it is not.

        One that goes on to hold stops once: again only when it did not hold in between.
        """
        raise NotImplementedError

    def describe_never(self, names: Sequence[str]) -> str:
        """Say why it never held; `names` are the tensors that were seen."""
        return f"{self.text} never held"

"""The rules over a run that is played: asked at its end, and now and then while it goes on.

A module of its own: whoever plays a few updates alone asks no rules, and must not import them.
"""

from __future__ import annotations

from collections.abc import Sequence

from backtrace.diagnose.diagnose import Diagnosis, diagnose
from backtrace.diagnose.history import History
from backtrace.diagnose.new_findings import NewFindings
from backtrace.diagnose.rule import Finding
from backtrace.driver.config_advice import advise
from backtrace.ledger.accounts import Accounts
from backtrace.ledger.events import Event
from backtrace.ledger.trace import Header

_LIVE_SHARE = 49  # parts of the time that are left to the training, for one of the rules


class Judge:
    """Remembers what the rules need.

    Args:
        accounts: the fold of the same events, which has taken each before it comes here.
        ignore: rules that are turned off.
        is_live: whether the rules are asked while the run goes on.
    """

    def __init__(self, accounts: Accounts, ignore: Sequence[str], *, is_live: bool) -> None:
        self._history = History(accounts)
        self._ignore = ignore
        self._new = NewFindings(_LIVE_SHARE) if is_live else NewFindings()

    def take(self, event: Event) -> None:
        """Remember an event."""
        self._history.take(event)

    def ask(self, header: Header) -> Diagnosis:
        """Return what the rules say of all that was taken."""
        stretches = self._history.stretches(is_made_up=bool(header.synthetic))
        return advise(diagnose(stretches, ignore=self._ignore), header)

    def find_new(self, header: Header, updates: int) -> Sequence[Finding]:
        """Return what they did not say before, of so many updates; nothing before it is time."""
        return self._new.ask(lambda: self.ask(header)) if self._new.is_time(updates) else ()

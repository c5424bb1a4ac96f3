"""A script's run in one line per update, on stderr: the first ten, then ever fewer, and the last.

A line is also given for the first updates in a row whose books do not balance or whose loss is
not finite, and whenever some time has gone by without one. Calls are shown above the first line
that has them.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.padding import Padding
from rich.text import Text

from backtrace.diagnose.rule import Finding
from backtrace.driver.view import RunPlan, RunResult, View
from backtrace.language import localized
from backtrace.ledger.events import Event, StepBegan
from backtrace.ledger.updates import Update
from backtrace.show.content.call_line import calls_line
from backtrace.show.content.next_command import SeenUpdates
from backtrace.show.content.note_texts import note_texts
from backtrace.show.options import Options
from backtrace.show.source_line import source_of_run
from backtrace.show.text.bars import leave_bar
from backtrace.show.text.findings import print_diagnosis, print_finding, print_next
from backtrace.show.text.fold import fold_parts
from backtrace.show.text.summary import Tally, run_line
from backtrace.show.text.unpadded import Unpadded
from backtrace.show.text.update_line import Columns, ZeroStarts, books_mark, is_strange

_FIRST = 10
_MOST_STRANGE = 3  # lines in a row for updates that are not right
_MOST_SAID = 8  # patterns of calls, and notes
_PATIENCE = {True: 2.0, False: 30.0}  # seconds without a line, in a terminal and elsewhere
_NOTHING = (
    "no step of an optimizer was seen: gradients that torch.func or torch.autograd.grad returns, "
    "and training in other processes, cannot be seen"
)
_CUT_SHORT = "no step of an optimizer came to its end"
_STYLES = {"✓": "", "✗": "bold red", "?": "yellow"}


class BriefView(View):
    """Prints lines as updates end."""

    def __init__(self, options: Options) -> None:
        self._console = options.console()
        self._notes, self._census = options.notes, options.census
        self._subject, self._seen = options.subject, SeenUpdates()
        self._tally = Tally()
        self._has_begun = False  # a step of an optimizer
        self._columns: Columns | None = None
        self._counts: dict[str, int] = {}  # of each optimizer's updates
        self._said: dict[str, None] = {}
        self._strange: dict[str, int] = {}
        self._calls: dict[tuple[object, ...], str] = {}
        self._above: dict[str, str] = {}  # the calls under which an optimizer's lines stand
        self._waiting: dict[str, Update] = {}
        self._zero_starts = ZeroStarts()
        self._latest = time.monotonic()
        self._read: Callable[[str], str] | None = None

    def start(self, plan: RunPlan) -> None:
        """Note where the lines of the run's code are."""
        self._read = source_of_run(plan).read

    def take_event(self, event: Event) -> None:
        """Note the optimizers: whose an update is, is said from the first on."""
        self._tally.take_event(event)
        self._has_begun |= isinstance(event, StepBegan)

    def take_update(self, update: Update) -> None:
        """Print the update's line if it is its turn."""
        self._tally.take(update)
        self._seen.take(update)
        self._zero_starts.take(update)
        number = self._counts.setdefault(update.optimizer, 0) + update.is_complete
        self._counts[update.optimizer] = number
        self._waiting[update.optimizer] = update
        if not update.is_complete:
            return
        count = self._strange.get(update.optimizer, 0) + 1 if is_strange(update) else 0
        self._strange[update.optimizer] = count
        is_late = time.monotonic() - self._latest > _PATIENCE[self._console.is_terminal]
        is_wrong = 0 < count <= _MOST_STRANGE
        if is_turn(number) or is_late or is_wrong or self._is_new(update):
            self._print(update)

    def take_finding(self, finding: Finding) -> None:
        """Print a finding in two lines, as soon as it is made."""
        leave_bar(self._console)
        print_finding(self._console, finding, notes=self._notes)

    def finish(self, result: RunResult) -> None:
        """Print the last update of each optimizer, the run in one line, and the verdict."""
        for update in list(self._waiting.values()):
            self._print(update)
        leave_bar(self._console)
        if self._tally.updates:
            line = fold_parts(run_line(self._tally, result), self._console.width)
            self._console.print(Text(line, style="bold"))
        elif not result.is_excerpt:  # else another rank's rows were shown, on another machine
            text = localized(_CUT_SHORT if self._has_begun else _NOTHING)
            self._console.print(Text(text, style="bold"))
        print_diagnosis(
            self._console,
            result.diagnosis,
            notes=self._notes,
            census=self._census,
            read=self._read,
        )
        print_next(self._console, self._subject, result.diagnosis, self._seen)

    def _is_new(self, update: Update) -> bool:
        if len(self._said) >= _MOST_SAID:
            return False
        return any(text not in self._said for text in self._remarks(update))

    def _remarks(self, update: Update) -> list[str]:
        """Return the calls and the notes; calls of a kind are folded once, for that takes time."""
        calls = update.calls
        plain = tuple([(call.name, call.detail, call.in_step, call.is_eval) for call in calls])
        if plain not in self._calls:
            self._calls = {plain: calls_line(calls) or localized("no calls")}
        return [self._calls[plain], *(localized(f"note: {note}") for note in note_texts(update))]

    def _print(self, update: Update) -> None:
        leave_bar(self._console)
        columns = Columns(self._console.width, self._tally.has_several)
        if columns != self._columns:
            self._columns = columns
            self._say(columns.heading(), "dim")
        calls, *notes = self._remarks(update)
        if self._above.get(update.optimizer) != calls:
            self._above[update.optimizer] = calls
            self._said[calls] = None
            self._remark(calls)
        for text in notes:
            if text not in self._said and len(self._said) < _MOST_SAID:
                self._said[text] = None
                self._remark(text)
        line = columns.line(self._tally.named(update), self._zero_starts.names)
        self._say(
            line if update.is_complete else f"{line}  {localized('no step was taken')}",
            _style(update),
        )
        self._waiting.pop(update.optimizer, None)
        self._latest = time.monotonic()

    def _remark(self, text: str) -> None:
        self._console.print(Unpadded(Padding(Text(text, style="dim"), (0, 0, 0, 9))))

    def _say(self, text: str, style: str) -> None:
        self._console.print(Text(text, style=style), soft_wrap=True)


def is_turn(number: int) -> bool:
    """Whether a number has one digit that is not zero: 1, 2, … 9, 10, 20, … 90, 100, 200, …"""
    while number >= _FIRST and number % 10 == 0:
        number //= 10
    return number <= _FIRST


def _style(update: Update) -> str:
    return _STYLES[books_mark(update)]

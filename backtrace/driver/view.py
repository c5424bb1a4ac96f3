"""What a view is told of a run: how it begins, what happens, and what it came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from backtrace.ledger.events import Event, ParameterSeen
from backtrace.ledger.rank_end import Failure
from backtrace.ledger.trace import Header
from backtrace.ledger.updates import Update

if TYPE_CHECKING:
    from backtrace.diagnose.diagnose import Diagnosis
    from backtrace.diagnose.rule import Finding


@dataclass(frozen=True)
class RunPlan:
    """What is known before a run: None where the data set does not tell.

    `names` are those of a config's parameters and its input; `has_several` optimizers where a
    trace says so, for a run that goes on may meet another. `folder` is where a trace's file is.
    """

    header: Header
    parameters: int = 0
    updates: int | None = None
    updates_per_epoch: int | None = None
    names: tuple[str, ...] = ()
    has_several: bool = False
    folder: str = ""


@dataclass(frozen=True)
class RunResult:
    """What a run came to.

    `diagnosis` is None where nobody asked for one. `is_excerpt` says that only chosen updates
    were told, so that there is nothing to sum up. `tensors` holds what was last written of each
    tensor, under the name that it has at the end.
    """

    seconds: float
    interrupted: bool = False
    diagnosis: Diagnosis | None = None
    is_excerpt: bool = False
    tensors: Mapping[str, ParameterSeen] = field(default_factory=dict)


class View:
    """Shows a run, or keeps it: a subclass with a method for each thing that it cares for.

    A method that raises is the view's last: it is told nothing more, the run goes on, and the
    end says so. Ctrl-C waits until a method has returned.

    `judges_live` says that it wants findings while a run of its own process goes on: the rules
    then take up to a fiftieth of the time. `joins_ranks` says that its end is to be waited for when
    a launcher ends this rank.
    """

    judges_live = False
    joins_ranks = False

    def start(self, plan: RunPlan) -> None:
        """The run is about to begin."""

    def take_event(self, event: Event) -> None:
        """Something happened."""

    def take_update(self, update: Update) -> None:
        """An update is finished; the last one may not be (`is_complete`)."""

    def take_finding(self, finding: Finding) -> None:
        """A rule found something while the run goes on; see `judges_live`."""

    def take_failure(self, failure: Failure) -> None:
        """The script has raised what ends it."""

    def finish(self, result: RunResult) -> None:
        """The run is over."""


class PassingView(View):
    """Passes on what happens to another view: for what only the end is another's."""

    def __init__(self, inner: View | None) -> None:
        self._inner = inner

    def start(self, plan: RunPlan) -> None:
        """Pass it on."""
        if self._inner is not None:
            self._inner.start(plan)

    def take_event(self, event: Event) -> None:
        """Pass it on."""
        if self._inner is not None:
            self._inner.take_event(event)

    def take_update(self, update: Update) -> None:
        """Pass it on."""
        if self._inner is not None:
            self._inner.take_update(update)

    def take_finding(self, finding: Finding) -> None:
        """Pass it on."""
        if self._inner is not None:
            self._inner.take_finding(finding)

    def take_failure(self, failure: Failure) -> None:
        """Pass it on."""
        if self._inner is not None:
            self._inner.take_failure(failure)

    def finish(self, result: RunResult) -> None:
        """Pass it on."""
        if self._inner is not None:
            self._inner.finish(result)

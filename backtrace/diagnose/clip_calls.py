"""Says what each clipping found: gradients that are due, that a step has read, or none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isinf
from typing import Literal

from backtrace.diagnose.gradients import cleared_by, filled_by, is_something, read_by
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import BackwardRan, Event, GradsRescaled, StepSkipped, StepTaken
from backtrace.ledger.facts import StepsPassed

Found = Literal["new", "read", "cleared", "nothing"]


@dataclass(frozen=True, slots=True)
class ClipCall:
    """One call of a clipping function.

    `found` is "new" when gradients were there that a step was to read, "read" when one had,
    "cleared" when no tensor had any, and "nothing" when there were some, but not where it looked.
    `after` is the last step before it, with its number; `served` the next step that read what it
    should have clipped, and `unscaled` the unscaling that came between.
    """

    event: GradsRescaled
    found: Found
    after: tuple[int, StepTaken] | None
    served: tuple[int, StepTaken] | None
    unscaled: GradsRescaled | None


class _Open:
    """A clipping whose step is still to come."""

    def __init__(
        self, event: GradsRescaled, found: Found, after: tuple[int, StepTaken] | None
    ) -> None:
        self.event, self.found, self.after = event, found, after
        self.unscaled: GradsRescaled | None = None

    def close(self, served: tuple[int, StepTaken] | None) -> ClipCall:
        return ClipCall(self.event, self.found, self.after, served, self.unscaled)


def find_clip_calls(run: Stretch) -> Iterator[ClipCall]:
    """Go through the clippings; those to an infinite norm measure it, and are left out."""
    return iter(run.once(_find_clip_calls))


def _find_clip_calls(run: Stretch) -> tuple[ClipCall, ...]:
    return tuple(_follow(run))


def _follow(run: Stretch) -> Iterator[ClipCall]:
    new, read = set[str](), set[str]()
    stepped = {
        name for event in run.events if isinstance(event, StepTaken) for name in event.values
    }
    waiting: list[_Open] = []
    after: tuple[int, StepTaken] | None = None
    counts = dict(run.passed)
    for event in run.events:
        if isinstance(event, GradsRescaled):
            if not event.call.startswith("clip"):
                _unscale(waiting, event)
            elif not (event.limit is not None and isinf(event.limit)):
                waiting.append(_Open(event, _look(event, new, read, stepped), after))
        elif isinstance(event, BackwardRan):
            filled = filled_by(event)
            new, read = new | filled, read - filled
        elif isinstance(event, StepTaken):
            counts[event.optimizer] = counts.get(event.optimizer, 0) + 1
            after = counts[event.optimizer], event
            if read_by(event):
                yield from (opened.close(after) for opened in waiting)
                waiting = []
            read, new = read | (new & set(event.values)), new - set(event.values)
        elif isinstance(event, StepSkipped):
            new, read = set(), read | new
            yield from (opened.close(None) for opened in waiting)
            waiting = []
        elif isinstance(event, StepsPassed):
            counts[event.optimizer] = counts.get(event.optimizer, 0) + event.count
            new, read, after = set(), set(), None
            yield from (opened.close(None) for opened in waiting)
            waiting = []
        else:
            gone = cleared_by(event)
            new, read = new - gone, read - gone
    yield from (opened.close(None) for opened in waiting)


def _look(event: GradsRescaled, new: set[str], read: set[str], stepped: set[str]) -> Found:
    names = {name for name, entry in event.grads.items() if is_something(entry.before)}
    if names & new & stepped:  # what no step ever reads is clipped for nothing at any time
        return "new"
    if names & read:
        return "read"
    if names:  # from a backward that was not read
        return "new"
    return "nothing" if new else "cleared"


def _unscale(waiting: list[_Open], event: Event) -> None:
    assert isinstance(event, GradsRescaled)
    changed = {name for name, entry in event.grads.items() if entry.before != entry.after}
    for opened in waiting:
        if opened.found == "new" and changed & set(opened.event.grads):
            opened.unscaled = opened.unscaled or event

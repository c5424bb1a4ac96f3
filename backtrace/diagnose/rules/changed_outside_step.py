"""Values that an optimizer trains are changed by something other than its step.

## What it sees
Between two steps of an optimizer the values that it holds became others. It is a warning where
that undoes the training: twice or more the values are again those of the beginning, bit for bit as
far as their statistics tell, or values so far off that the steps cannot have led there.

## Why it matters
What was learned in between is gone, and the optimizer's momentum belongs to values that are no
longer there.

## Example
    for epoch in range(epochs):
        model.load_state_dict(torch.load("initial.pt"))
        train(model, optimizer)

## Instead
    model.load_state_dict(torch.load("initial.pt"))
    for epoch in range(epochs):
        train(model, optimizer)

## When it is intended
Clipping of weights, pruning masks, averages that are copied in, and checkpoints that are loaded
again change values on purpose. One return to the beginning is a restart, or the search for a
learning rate. Of all these this is only a note.

## Source
torch.nn.Module.load_state_dict, PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import sqrt

from backtrace.diagnose.holdings import listed
from backtrace.diagnose.rule import Rule, Verdict
from backtrace.diagnose.stretch import Stretch
from backtrace.events import Edited, Reading, StepTaken


@dataclass(frozen=True, slots=True)
class Change:
    """Values that a step did not find as the step before had left them."""

    step: StepTaken
    edit: Edited
    names: tuple[str, ...]


@dataclass(slots=True)
class _Book:
    """What is known of one optimizer: where its steps ended, and who interfered after that."""

    first: dict[str, Reading] = field(default_factory=dict)
    ended: dict[str, Reading] = field(default_factory=dict)
    led: dict[str, float] = field(default_factory=dict)  # sum of the changes' norms
    changed: list[Change] = field(default_factory=list)
    undone: list[Change] = field(default_factory=list)

    def step(self, event: StepTaken, edits: dict[str, Edited]) -> None:
        """Compare what the step found with what the one before it left, and enter the step."""
        found = {
            name: (left, entry.before)
            for name, entry in event.values.items()
            if (left := self.ended.get(name)) is not None
            and entry.before is not None
            and name in edits
            and entry.before != left
        }
        if found:
            change = Change(event, edits[next(iter(found))], tuple(found))
            self.changed.append(change)
            trained = [name for name, led in self.led.items() if led]
            undone = [n for n, (left, now) in found.items() if self._is_undone(n, left, now)]
            if trained and len(undone) * 2 > len(trained):
                self.undone.append(change)
        for name, entry in event.values.items():
            if entry.before is not None and entry.after is not None:
                self.first.setdefault(name, entry.before)
                self.ended[name] = entry.after
            self.led[name] = self.led.get(name, 0.0) + (entry.delta.norm if entry.delta else 0.0)

    def _is_undone(self, name: str, left: Reading, now: Reading) -> bool:
        led = self.led.get(name, 0.0)
        return led > 0 and (now == self.first.get(name) or _is_foreign(left, now, led))


def check(run: Stretch) -> Iterator[Verdict]:
    """Give the optimizers whose values others change between their steps."""
    edits: dict[str, Edited] = {}
    books: dict[str, _Book] = {}
    for event in run.events:
        if isinstance(event, Edited) and event.account == "value":
            edits.update(dict.fromkeys(event.entries, event))
        elif isinstance(event, StepTaken):
            books.setdefault(event.optimizer, _Book()).step(event, edits)
            for name in event.values:
                edits.pop(name, None)
    for optimizer, book in books.items():
        if book.changed:
            yield _found(run, optimizer, book)


def _is_foreign(before: Reading, after: Reading, led: float) -> bool:
    """Whether the value is farther off than twice the way that all steps together went.

    The difference of two norms is never more than the norm of the difference, and neither is the
    difference of two means, times the square root of the number of elements.
    """
    if before.nonfinite or after.nonfinite:
        return False
    means = abs(after.mean - before.mean) * sqrt(after.numel)
    ends = max(abs(after.max - before.max), abs(after.min - before.min))
    return max(abs(after.norm - before.norm), means, ends) > 2 * led


def _found(run: Stretch, optimizer: str, book: _Book) -> Verdict:
    is_undone = len(book.undone) >= 2
    shown = book.undone[1] if is_undone else book.changed[0]
    what = "were set back, so that what steps had done is lost" if is_undone else "changed"
    finding = RULE.found(
        f"{listed(shown.names)} {what} outside {optimizer}.step",
        "set values once, before training begins"
        if is_undone
        else "nothing, if this is meant; else see what writes to them there",
        run.update_at(shown.edit),
        shown.edit.where,
        shown.names,
        optimizer,
        times_changed=len(book.changed),
        times_set_back=len(book.undone),
    )
    return replace(finding, severity="warning") if is_undone else finding


RULE = Rule("BT206", "changed-outside-step", "note", check, __doc__)

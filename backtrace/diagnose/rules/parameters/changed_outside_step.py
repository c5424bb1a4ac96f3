"""Values that an optimizer trains are changed by something other than its step.

## What it sees
Between two steps of an optimizer the values that it holds became others. It is a warning where
that undoes the training: twice or more the values are again those of the beginning, bit for bit as
far as their statistics tell, or values so far off that the steps cannot have led there. So too
where it happens twice or more, each time around an evaluation and at no other, after several steps,
and training goes on from there; and where three steps in a row find a tensor's norm a tenth or more
above what the step before had left, or most values multiplied by one number, 0.9 or less.

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
learning rate. Of all these this is only a note. An optimizer that is made anew, or whose state is
empty again, begins a training of its own, as for each fold of a cross-validation.

## Source
torch.nn.Module.load_state_dict, PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import dist, hypot, isclose, sqrt

from backtrace.diagnose.census.left_values import LeftValues
from backtrace.diagnose.counts import span_of
from backtrace.diagnose.graph_lines import lone_line
from backtrace.diagnose.holdings import listed
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import BackwardRan, Edited, ForwardRan, GradsZeroed, Reading, StepTaken
from backtrace.ledger.facts import StepsPassed
from backtrace.ledger.rank_facts import Copied
from backtrace.ledger.state_facts import LeftByStep, StateLoaded

_GROWTH, _TIMES = 1.1, 3  # what blows values up, and how many steps in a row find it so
_SHRUNK, _SAME = 0.9, 1e-3  # what takes values down: at most this, and the same share each time
_LEFT = (
    "changed for an evaluation and did not change back: training goes on from there,",
    "put the trained values back after the evaluation, or give averaged ones to a copy of "
    "the model (torch.optim.swa_utils.AveragedModel)",
)
_FINDING = (GradsZeroed, ForwardRan, BackwardRan, StepTaken)  # calls before which edits are found
_MARGIN = 1.25  # a point that steps have passed is no farther off than their whole way


@dataclass(frozen=True, slots=True)
class OutsideChange:
    """Values that a step did not find as the step before had left them."""

    step: StepTaken
    edit: Edited
    names: tuple[str, ...]
    is_around_evaluation: bool = False


@dataclass(slots=True)
class _Book:
    """What is known of one optimizer: where its steps ended, and who interfered after that."""

    first: dict[str, Reading] = field(default_factory=dict)
    ended: dict[str, Reading] = field(default_factory=dict)
    steps: int = 0
    led: float = 0.0  # the length of the way that steps went since values were set back
    trained: set[str] = field(default_factory=set)
    changed: list[OutsideChange] = field(default_factory=list)
    undone: list[OutsideChange] = field(default_factory=list)
    grown: dict[str, int] = field(default_factory=dict)  # for how many steps in a row
    blown_up: set[str] = field(default_factory=set)
    share: float = 0.0  # of its values that was left to most of what is trained, the last time
    shrunk: int = 0  # how many times in a row, and at most
    most_shrunk: int = 0

    def step(self, event: StepTaken, edits: dict[str, Edited], evaluated: bool) -> None:
        """Compare what the step found with what the one before it left, and enter the step.

        `evaluated` tells whether a model was called without gradients in between, and nothing
        loaded after that.
        """
        self.steps += 1
        found = {
            name: (left, entry.before)
            for name, entry in event.values.items()
            if (left := self.ended.get(name)) is not None
            and entry.before is not None
            and name in edits
            and entry.before != left
        }
        grown = {
            name
            for name, (left, now) in found.items()
            if name in self.trained and 0 < _GROWTH * left.norm <= now.norm
        }
        self.grown = {name: self.grown.get(name, 0) + 1 for name in grown}
        self.blown_up |= {name for name, times in self.grown.items() if times >= _TIMES}
        share = self._share_left(found)
        is_same = share > 0 and abs(share - self.share) < _SAME
        self.shrunk = self.shrunk + 1 if is_same else int(share > 0)
        self.share = share or self.share
        self.most_shrunk = max(self.most_shrunk, self.shrunk)
        if found:
            edit = edits[next(iter(found))]
            change = OutsideChange(event, edit, tuple(found), evaluated)
            self.changed.append(change)
            if self._is_undone(found):
                self.undone.append(change)
                self.led = 0.0  # the way begins anew from here
        for name, entry in event.values.items():
            if entry.before is not None and entry.after is not None:
                self.first.setdefault(name, entry.before)
                self.ended[name] = entry.after
            if entry.delta is not None and entry.delta.norm:
                self.trained.add(name)
        self.led += hypot(*(e.delta.norm for e in event.values.values() if e.delta is not None))

    def _is_undone(self, found: dict[str, tuple[Reading, Reading]]) -> bool:
        """Whether most values are those of the beginning, or too far off to come from steps."""
        moved = {name: pair for name, pair in found.items() if name in self.trained}
        if len(moved) * 2 <= len(self.trained):
            return False
        back = [name for name, (_, now) in moved.items() if now == self.first.get(name)]
        way = hypot(*(_least_distance(left, now) for left, now in moved.values()))
        return len(back) * 2 > len(self.trained) or way > _MARGIN * self.led

    def _share_left(self, found: dict[str, tuple[Reading, Reading]]) -> float:
        """Return what all of most values were multiplied by; 0 where that is no one number."""
        shares = {_factor(left, now) for left, now in found.values()} - {1.0}
        is_one = bool(shares) and max(shares) - min(shares) < _SAME and max(shares) <= _SHRUNK
        return max(shares) if is_one and 2 * len(found) > len(self.trained) > 0 else 0.0

    @property
    def is_left_from_evaluation(self) -> bool:
        """Whether what an evaluation was given stayed, of most of what is trained."""
        return 2 <= len(self.changed) <= self.steps / 2 and all(
            each.is_around_evaluation and 2 * len(each.names) > len(self.trained)
            for each in self.changed
        )


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the optimizers whose values others change between their steps."""
    edits: dict[str, Edited] = {}
    books: dict[str, _Book] = {}
    evaluated = False  # since the last step
    for event in run.events:
        if isinstance(event, ForwardRan):
            evaluated = evaluated or not event.grad_enabled
        elif isinstance(event, StateLoaded):
            evaluated = evaluated and event.kind != "model"
            if event.kind == "optimizer" and not event.given and event.target in books:
                books[event.target].ended.clear()  # it has no past: a training of its own begins
        elif isinstance(event, Copied | LeftByStep):
            continue
        elif isinstance(event, Edited) and event.account == "value":
            edits.update(dict.fromkeys(event.entries, event))
        elif isinstance(event, StepsPassed) and event.optimizer in books:
            books[event.optimizer].ended.clear()  # what they left was not read
        elif isinstance(event, StepTaken):
            books.setdefault(event.optimizer, _Book()).step(event, edits, evaluated)
            evaluated = False
            for name in event.values:
                edits.pop(name, None)
    left = {} if run.is_start or run.census is None else run.census.left
    told = {name for name, each in left.items() if each.is_left_from_evaluation}
    for optimizer in told:
        yield _of_the_run(run, optimizer, left[optimizer])
    for optimizer, book in books.items():
        if book.changed and optimizer not in told:
            yield _found(run, optimizer, book)


def _factor(one: Reading, other: Reading) -> float:
    """Return what a value was multiplied by, 0 where it was changed otherwise, 1 if it was 0."""
    if one.nonfinite or other.nonfinite or one.shape != other.shape:
        return 0.0
    if not one.norm:
        return 0.0 if other.norm else 1.0
    factor = other.norm / one.norm
    ends = ((one.min, other.min), (one.max, other.max))
    is_alike = all(isclose(b, a * factor, rel_tol=_SAME, abs_tol=1e-9) for a, b in ends)
    return factor if is_alike else 0.0


def _least_distance(one: Reading, other: Reading) -> float:
    """Return the distance of two values, or as much of it as their statistics prove.

    The difference of two norms is never more than the norm of the difference, and neither is the
    difference of two means, times the square root of the number of elements.
    """
    if one.nonfinite or other.nonfinite or one.shape != other.shape:
        return 0.0
    if one.values is not None and other.values is not None:
        return dist(one.values, other.values)
    means = abs(other.mean - one.mean) * sqrt(other.numel)
    ends = max(abs(other.max - one.max), abs(other.min - one.min))
    return max(abs(other.norm - one.norm), means, ends)


def _of_the_run(run: Stretch, optimizer: str, left: LeftValues) -> Finding:
    """Return what all steps of a long run say, of which one piece has an evaluation or two."""
    finding = RULE.found(
        f"{listed(left.names)} {_LEFT[0]} outside {optimizer}.step",
        _LEFT[1],
        left.update,
        _written_at(run, left.where),
        left.names,
        optimizer,
        times_changed=left.times,
        times_set_back=0,
    )
    return replace(finding, severity="warning", counted=(1, span_of(run)[1]))


def _written_at(run: Stretch, where: str) -> str:
    """Return the one line that writes to what is trained, of a change that a later call found.

    What loads a state or initialises a tensor is known by its own line.
    """
    found = any(event.where == where for event in run.events if isinstance(event, _FINDING))
    is_load = any(event.where == where for event in run.of(StateLoaded))
    return lone_line(run, "write", where) if found and not is_load else where


def _found(run: Stretch, optimizer: str, book: _Book) -> Judgement:
    is_undone, is_left = len(book.undone) >= 2, book.is_left_from_evaluation
    is_shrunk = book.most_shrunk >= _TIMES
    at = 1 if is_left else _TIMES - 1 if is_shrunk and not book.blown_up else 0
    shown = book.undone[1] if is_undone else book.changed[at]
    what, fix = "changed", "nothing, if intended; else see what writes to them there"
    if is_undone:
        what = "went back to earlier values, so that what steps had done is lost,"
        fix = "set values once, before training begins"
    elif is_left:
        what, fix = _LEFT
    elif book.blown_up:
        what = f"grew before each of {_TIMES} steps in a row"
        fix = "take out what writes to them there, or let it keep their norm"
    elif is_shrunk:
        what = f"were multiplied by {book.share:.2g} before each of {_TIMES} steps in a row"
        fix = "take out what multiplies them there: a decay of weights leaves nearly all of each"
    finding = RULE.found(
        f"{listed(shown.names)} {what} outside {optimizer}.step",
        fix,
        run.update_at(shown.edit, optimizer),
        _written_at(run, shown.edit.where),
        shown.names,
        optimizer,
        times_changed=len(book.changed),
        times_set_back=len(book.undone),
    )
    is_wrong = is_undone or is_left or bool(book.blown_up) or is_shrunk
    return replace(finding, severity="warning") if is_wrong else finding


RULE = Rule("BT206", "changed-outside-step", "note", check, __doc__)

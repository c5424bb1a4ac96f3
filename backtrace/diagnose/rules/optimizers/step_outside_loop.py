"""`step` stands outside the loop over the batches.

## What it sees
All batches of a loader are gone through before a step is taken, and either each batch's gradient
was cleared by the next one's `zero_grad`, or by its own; or the gradients of all were added up
without dividing by anything; or there was one backward alone, after the loop, of the last batch's
loss. Without a loader, or where it was left early: twice in a row, or with other targets each time,
a step reads the last of several backwards at one line, whose losses nothing divides by their
number; or twice in a row there is one backward, of the last of as many losses with other targets at
one line: of the batches, or of the steps of a sequence, where each call of the model is given what
the one before it made. A step after a single batch tells that it is inside, as its line does.

## Why it matters
An indentation decides: one step an epoch instead of one a batch. Only the last batch trains the
model, or all do with a gradient as many times too large as there are batches.

## Example
    for x, y in loader:
        optimizer.zero_grad()
        loss_fn(model(x), y).backward()
    optimizer.step()

## Instead
    for x, y in loader:
        optimizer.zero_grad()
        loss_fn(model(x), y).backward()
        optimizer.step()

## When it is intended
Gradients of a whole epoch may be added up for one step, if each loss is divided by the number of
batches. That is not meant here.

## Source
"PyTorch: Training your first neural network", common mistakes, discuss.pytorch.org.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from backtrace.diagnose.gradients import reached_by
from backtrace.diagnose.loss_divisors import find_divisors, is_multiple
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window, finished
from backtrace.ledger.events import (
    BackwardRan,
    Edited,
    Event,
    ForwardRan,
    GradsZeroed,
    StepBegan,
    StepSkipped,
    StepTaken,
)
from backtrace.ledger.facts import StepsPassed
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.loader_facts import BatchDrawn, LoaderEnded
from backtrace.ledger.loss_facts import LossCalled
from backtrace.ledger.source_facts import StepInside


@dataclass(slots=True)
class _Tally:
    """Batches, backwards and clearings that a step had before it, as far as its tensors go."""

    own: frozenset[str]
    batches: list[BatchDrawn] = field(default_factory=list)
    has_ended: bool = False  # the loader had no more batches, and none was drawn since
    backwards: int = 0
    waiting: int = 0  # those whose gradients are still there
    wasted: int = 0
    after_end: int = 0
    forwards: int = 0
    carried: int = 0  # those that were given what another one made
    targets: list[str] = field(default_factory=list)
    places: set[str] = field(default_factory=set)  # of the backwards
    losses: list[LossCalled] = field(default_factory=list)  # before the backward, with a graph
    target: str = ""
    loss: float | None = None  # of the last loss function that was called
    is_last_loss: bool = False
    is_averaged: bool = False
    divisors: set[float] = field(default_factory=set)  # of losses; 0: one that is not known
    is_edited: bool = False  # gradients were kept elsewhere, and put back
    is_written: bool = False  # something was done by hand
    in_step: bool = False
    in_closure: bool = False
    is_summed: bool = False  # by a loss function, over rows

    def take(self, event: Event) -> None:
        """Enter one event."""
        match event:
            case BatchDrawn():
                if event.number == 1 and not self.backwards:
                    self.batches.clear()  # what was drawn before this pass was looked at alone
                self.batches.append(event)
                self.has_ended = False
            case LoaderEnded():
                self.has_ended = any(drawn.loader == event.loader for drawn in self.batches)
            case ForwardRan():
                is_trained = event.training and event.takes_grad
                self.forwards += is_trained
                self.carried += is_trained and event.from_grad
            case LossCalled():
                self.loss, self.target = event.value, event.target
                self.is_summed |= event.reduction == "sum"
                self.is_averaged |= self.is_summed
                if event.input_from and not self.backwards:
                    self.losses.append(event)
            case GraphSeen():
                self.is_averaged |= any(op.name.startswith(("Div", "Mul")) for op in event.path)
                self.divisors |= set(find_divisors(event.path))
            case Edited():
                self.is_edited |= event.account == "grad"
                self.is_written = True
            case StepBegan():
                self.in_step = True
            case GradsZeroed() if not self.own.isdisjoint(event.grads):
                self.wasted, self.waiting = self.wasted + self.waiting, 0
            case BackwardRan() if not self.own.isdisjoint(reached_by(event)):
                self._reach(event)

    @property
    def is_shared_out(self) -> bool:
        """Whether a loss is divided so that those of all backwards are an average together.

        What divides by anything but a multiple of their number, such as by rows, does not.
        """
        if self.in_closure or (self.is_summed and not self.divisors):
            return True
        return any(is_multiple(divisor, self.backwards) for divisor in self.divisors)

    def _reach(self, event: BackwardRan) -> None:
        self.backwards += 1
        self.waiting += 1
        self.after_end += self.has_ended
        self.targets.append(self.target)
        self.places.add(event.where)
        self.is_last_loss = self.loss is not None and self.loss == event.loss
        self.in_closure |= self.in_step  # which goes through the loader itself, perhaps
        self.is_averaged |= self.in_step


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the optimizers that step once where they should for each batch."""
    has_graphs = any(True for _ in run.of(GraphSeen))
    inside = {event.where for event in run.of(StepInside)}
    for windows in run.windows_by_optimizer.values():
        was_sole, unused, is_each, is_shared_out = False, 0, False, False
        for window, step in finished(windows):
            tally = _count(window)
            before, unused = unused, _count_unused(tally)
            if unused and unused == before and tally.carried >= unused - 1:
                yield _found_in_time(run, step, tally, unused)
                break
            if step.where in inside:  # under a condition, perhaps: another rule's matter
                continue
            said = _judge_batches(tally, has_graphs=has_graphs)
            is_shared_out |= tally.is_shared_out
            is_sole = _is_sole(tally) and not is_shared_out
            is_each |= tally.backwards == 1 and not unused  # a step for a batch: in the loop
            if _has_one_each(tally) and not is_each:
                if is_sole and (was_sole or _are_batches(tally)):
                    said = f"only the last of {tally.backwards} batches trains the model"
                elif unused and unused == before:
                    said = f"only the last of {unused} batches has a backward"
            was_sole = is_sole
            if said and not tally.is_edited:
                yield _found(run, step, tally, said)
                break


def _count(window: Window) -> _Tally:
    """Count what happened in a window since a step of another optimizer used the gradients."""
    tally = _Tally(window.own)
    for event in window.events:
        is_used = isinstance(event, StepTaken) and not window.own.isdisjoint(event.values)
        if isinstance(event, StepsPassed | StepSkipped) or (is_used and event is not window.step):
            tally = _Tally(window.own)
        else:
            tally.take(event)
    return tally


def _has_one_each(tally: _Tally) -> bool:
    """Whether no loader is known, or it gave a batch for each backward, or one that was left."""
    more = len(tally.batches) - tally.backwards
    return not tally.batches or more in (0, 1)


def _is_sole(tally: _Tally) -> bool:
    """Whether one of several backwards at a place is left, none of which is divided.

    Micro-batches of one step, whose losses are, should not be cleared in between: that is no
    matter of where the step stands.
    """
    is_left = tally.wasted >= 1 and tally.waiting == 1 and len(tally.places) == 1
    return is_left and not tally.is_written


def _are_batches(tally: _Tally) -> bool:
    """Whether targets tell three or more batches apart, so that one step shows it."""
    return tally.wasted >= 2 and _all_differ(tally.targets)


def _count_unused(tally: _Tally) -> int:
    """Return how many losses of batches a line computed before a backward of the last; 0: one."""
    losses = tally.losses
    is_one_line = len({(loss.where, loss.function) for loss in losses}) == 1 < len(losses)
    if tally.backwards != 1 or not is_one_line or not tally.is_last_loss or tally.is_averaged:
        return 0
    is_of_each = tally.forwards == len(losses) and _all_differ([loss.target for loss in losses])
    return len(losses) if is_of_each else 0


def _judge_batches(tally: _Tally, *, has_graphs: bool) -> str:
    """Return what is wrong with a step after batches of one loader, '' when nothing is."""
    count = len(tally.batches)
    if count < 2 or not tally.has_ended or len({drawn.loader for drawn in tally.batches}) > 1:
        return ""
    if tally.wasted == tally.backwards == count:
        return f"the gradient of each of {count} batches is cleared before it"
    if not tally.after_end and tally.backwards == count:
        if tally.wasted == count - 1:
            return f"only the last of {count} batches trains the model"
        if not tally.wasted and has_graphs and not tally.is_averaged:
            return f"the gradients of {count} batches are added up, and not averaged"
    is_alone = tally.after_end == tally.backwards == 1 and tally.forwards >= count
    if is_alone and tally.is_last_loss:
        return f"only the last of {count} batches has a backward"
    return ""


def _all_differ(targets: list[str]) -> bool:
    return all(targets) and len(set(targets)) == len(targets)


def _found(run: Stretch, step: StepTaken, tally: _Tally, said: str) -> Judgement:
    return RULE.found(
        f"{step.optimizer}.step came after the loop over the batches: {said}",
        f"indent {step.optimizer}.step() into the loop over the batches",
        run.update_at(step, step.optimizer),
        step.where,
        (),
        step.optimizer,
        batches=len(tally.batches) or tally.backwards,
        backwards=tally.backwards,
        backwards_cleared_unused=tally.wasted,
    )


def _found_in_time(run: Stretch, step: StepTaken, tally: _Tally, steps: int) -> Judgement:
    """Give a sequence whose last step alone is learned from, at its only backward."""
    return RULE.found(
        f"of the losses of {steps} steps of a sequence only the last one has a backward",
        "keep the losses, and call backward on their sum: sum(losses).backward()",
        run.update_at(step, step.optimizer),
        min(tally.places),
        (),
        step.optimizer,
        losses=steps,
    )


RULE = Rule("BT209", "step-outside-loop", "warning", check, __doc__, needs=(FACTS,))

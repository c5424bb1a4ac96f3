"""The last micro-batches of an epoch are lost, or leak into the next epoch's first step.

## What it sees
With gradient accumulation, an epoch ends before enough micro-batches for a step have come together.
Their gradients are cleared unread, are still there when the run ends, or are added to those of the
next epoch, whose first step then reads more micro-batches than the others, or more than their
losses were divided by. Or the count goes on over the epochs, and each epoch's beginning clears what
was waiting for a step.

## Why it matters
What is lost never counts, though it was computed. What leaks makes one step an epoch larger than
the others, from batches that are an epoch apart.

## Example
    for epoch in range(epochs):
        for i, (x, y) in enumerate(loader):          # 10 batches
            (loss_fn(model(x), y) / 4).backward()
            if (i + 1) % 4 == 0:
                optimizer.step()
                optimizer.zero_grad()

## Instead
    for epoch in range(epochs):
        for i, (x, y) in enumerate(loader):
            (loss_fn(model(x), y) / 4).backward()
            if (i + 1) % 4 == 0 or i + 1 == len(loader):
                optimizer.step()
                optimizer.zero_grad()

## When it is intended
A count that goes on over the epochs gives windows of one size that may span two epochs: this rule
is silent about them, about what the end of the run leaves of them, and about a last, smaller window
that is stepped.

## Source
transformers.Trainer and accelerate.Accelerator.accumulate, which step at the end of each epoch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import isfinite

from backtrace.diagnose.accumulation import (
    AccumulatedBackward,
    collect,
    find_micro_batches,
    is_same_factor,
)
from backtrace.diagnose.gradients import cleared_by
from backtrace.diagnose.graph_lines import lone_line
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window, finished
from backtrace.ledger.events import BackwardRan, Edited, StepSkipped, StepTaken
from backtrace.ledger.loader_facts import BatchDrawn, LoaderEnded

_CUT_SHORT = 2  # windows that lost an epoch's end, before that is taken for a habit


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the optimizers whose windows do not fit into an epoch."""
    for windows in run.windows_by_optimizer.values():
        usual = _find_usual([find_micro_batches(window) for window, _ in finished(windows)])
        if usual < 2:
            if (finding := _find_cut_short(windows)) is not None:
                yield finding
            continue
        has_loader = any(isinstance(event, BatchDrawn) for event in run.events)
        if has_loader and (finding := _find_cut_short(windows, usual)) is not None:
            yield finding
            continue
        if has_loader:
            finding = _find_leak(windows, usual) or _find_loss(run, windows, usual)
        else:
            finding = _find_cleared(windows, usual) or _find_left_over(windows, usual)
        if finding is not None:  # what lets no step come at the end is to be changed
            finding = replace(finding, where=lone_line(run, "guard", finding.where))
        elif has_loader:
            finding = _find_cut_short(windows)
        if finding is not None:
            yield finding
        elif not has_loader:
            yield RULE.not_checked("no DataLoader was seen, so it is not known where epochs end")


def _find_usual(found: list[list[AccumulatedBackward]]) -> int:
    """Return how many micro-batches a step reads, by the windows that lie within an epoch."""
    within = [each for each in found if len(_iterations(each)) < 2]
    sizes = [len(each) for each in within or found]
    return max(set(sizes), key=lambda size: (sizes.count(size), -size), default=0)


def _iterations(found: list[AccumulatedBackward]) -> set[int]:
    return {each.batch.iteration for each in found if each.batch is not None}


def _find_leak(windows: Sequence[Window], usual: int) -> Finding | None:
    """Return a finding for a step that reads a rest of the epoch before, and is larger for it."""
    for window, step in finished(windows):
        found = find_micro_batches(window)
        batches = [each.batch for each in found if each.batch is not None]
        turns = [batch.iteration for batch in batches]
        if len(found) > usual and turns and turns[0] < turns[-1]:
            rest = sum(turn < turns[-1] for turn in turns)
            return RULE.found(
                f"{window.optimizer}.step at update {window.number} reads {len(found)} "
                f"micro-batches, {rest} of them left from the epoch before",
                f"call {window.optimizer}.step() and zero_grad() after the last batch of an epoch "
                "as well",
                window.number,
                step.where,
                (),
                window.optimizer,
                micro_batches=len(found),
                usually=usual,
                left_from_the_epoch_before=rest,
            )
    return None


@dataclass(frozen=True, slots=True)
class _Rest:
    """Backwards of an epoch's end that no step read, and how the epoch ended."""

    backwards: list[BackwardRan]
    ended: LoaderEnded


def _find_loss(run: Stretch, windows: Sequence[Window], usual: int) -> Finding | None:
    """Return a finding for an epoch's last micro-batches, when no step ever reads them.

    Where the count goes on over the epochs, only the run's end leaves some, and once: what is left
    there counts if the whole run is seen, and no step reads micro-batches of two epochs.
    """
    goes_on = any(len(_iterations(find_micro_batches(each))) > 1 for each, _ in finished(windows))
    for window in windows:
        rest = _find_rest(window)
        if window.step is None and (goes_on or not run.is_start):
            continue
        if rest is None or not 0 < len(rest.backwards) < usual:
            continue
        count, batches = len(rest.backwards), rest.ended.batches
        return RULE.found(
            f"the last {count} of {batches} batches of an epoch were never stepped: "
            f"{window.optimizer} waits for {usual}",
            f"call {window.optimizer}.step() after the last batch of an epoch as well",
            window.number,
            rest.backwards[-1].where,
            (),
            window.optimizer,
            batches=batches,
            micro_batches_of_a_step=usual,
            lost=count,
        )
    return None


def _find_cleared(windows: Sequence[Window], usual: int) -> Finding | None:
    """Return a finding for a rest that is cleared unread, where no loader says that it is one."""
    for window, step in finished(windows):
        counted = window.counted
        unread = [backward for backward in window.backwards if backward not in counted]
        if 0 < len(unread) < len(counted) == usual and _is_plain(window, step):
            return RULE.found(
                f"the gradients of {len(unread)} micro-batches were cleared before "
                f"{window.optimizer}.step at update {window.number}, which read {usual} others",
                f"call {window.optimizer}.step() before clearing what is left of an epoch",
                window.number,
                unread[-1].where,
                (),
                window.optimizer,
                micro_batches_of_a_step=usual,
                lost=len(unread),
            )
    return None


def _find_left_over(windows: Sequence[Window], usual: int) -> Finding | None:
    """Return a finding for a step that reads more than its losses were divided by, with no loader.

    Only where the steps before it read as many as that: what was left had no step of its own.
    """
    as_divided = 0
    for window, step in finished(windows):
        found = find_micro_batches(window)
        if not found or not is_same_factor(found, 1 / usual) or not _is_plain(window, step):
            continue
        as_divided += len(found) == usual
        rest = len(found) - usual
        if rest > 0 and as_divided >= _CUT_SHORT:
            return RULE.found(
                f"{window.optimizer}.step at update {window.number} reads {len(found)} "
                f"micro-batches, each divided by {usual}: {rest} of them were left without a step",
                f"call {window.optimizer}.step() and zero_grad() after the last batch of an epoch "
                "as well",
                window.number,
                step.where,
                (),
                window.optimizer,
                micro_batches=len(found),
                usually=usual,
            )
    return None


def _find_cut_short(windows: Sequence[Window], usual: int = 0) -> Finding | None:
    """Return a finding for windows over two epochs, of which the first one's part is cleared.

    With `usual`, only of those that would read as many as others do.
    """
    times = 0
    for window, step in finished(windows):
        counted = window.counted
        ends = [e for e in window.of(LoaderEnded) if counted and e.index < counted[0].index]
        unread = [b for b in window.backwards if ends and b.index < ends[-1].index]
        others = [b for b in window.backwards if b not in unread and b not in counted]
        if not unread or others or not _is_plain(window, step):
            continue
        if usual and len(unread) + len(counted) != usual:
            continue
        if not _clears_at_epochs(window, ends[-1], counted[0]):
            continue
        times += 1
        if times < _CUT_SHORT:
            continue
        gone = [e for e in window.events if e.index > unread[-1].index and cleared_by(e)]
        return RULE.found(
            f"{window.optimizer}.step at update {window.number} read {len(counted)} of "
            f"{len(unread) + len(counted)} micro-batches: the gradients of the others were cleared "
            "when an epoch began",
            f"clear the gradients after {window.optimizer}.step() only: at the beginning of an "
            "epoch some are waiting for a step",
            window.number,
            gone[0].where,
            (),
            window.optimizer,
            micro_batches=len(unread) + len(counted),
            lost=len(unread),
        )
    return None


def _clears_at_epochs(window: Window, ended: LoaderEnded, read: BackwardRan) -> bool:
    """Whether gradients were cleared between epochs only, and one had begun at `read`.

    A loader that draws one batch ahead, as Accelerate's, ends while its last one is yet to come.
    """
    is_between = False
    is_filled = False
    for event in window.events:
        if event.index >= read.index:
            break
        if isinstance(event, BackwardRan):
            is_between, is_filled = False, True
        elif isinstance(event, LoaderEnded):
            is_between = True
        elif is_filled and not is_between and cleared_by(event) & window.own:
            return False
    return any(ended.index < each.index < read.index for each in window.of(BatchDrawn))


def _is_plain(window: Window, step: StepTaken) -> bool:
    """Whether all backwards of a window stand on one line, and nothing else was done to them."""
    return (
        len({backward.where for backward in window.backwards}) == 1
        and all(isfinite(b.loss) for b in window.backwards if b.loss is not None)
        and not window.has_closure
        and not any(
            isinstance(event, Edited | StepTaken | StepSkipped) and event is not step
            for event in window.events
        )
    )


def _find_rest(window: Window) -> _Rest | None:
    """Return what was added before an epoch ended, and was not there any more at the next step."""
    if any(isinstance(event, Edited) and event.account == "grad" for event in window.events):
        return None
    found = collect(window.events, window.backwards)
    kept = {backward.index for backward in window.counted} if window.step is not None else set()
    for ended in window.events:
        if not isinstance(ended, LoaderEnded):
            continue
        past = [each for each in found if each.backward.index < ended.index]
        loaders = {each.batch.loader if each.batch else None for each in past}
        if loaders == {ended.loader}:
            unread = [each.backward for each in past if each.backward.index not in kept]
            return _Rest(unread, ended) if len(unread) == len(past) else None
    return None


RULE = Rule("BT110", "lost-window", "warning", check, __doc__)

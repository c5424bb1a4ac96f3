"""A triplet loss stays at its margin: positives and negatives are equally far.

## What it sees
Calls of `triplet_margin_loss` the mean of which is at the margin over the second half of a run.
Either it was clearly above the margin at first, as what stood for the positives was farther from
the anchors than what stood for the negatives, in 60 calls or more, and neither was picked out of a
batch by an index, as the hardest are; or, in 30 calls or more, the distances of both have become a
small part of the margin and of what they were.

## Why it matters
At the margin the loss says that the embeddings tell nothing apart. With the positive and the
negative swapped that is where it leads, as far as it can go: what is alike is pushed apart. Too
high a rate, or only the hardest negatives from the start, draw all embeddings into one point.

## Example
    loss = F.triplet_margin_loss(net(x), net(other_class), net(same_class))

## Instead
    loss = F.triplet_margin_loss(net(x), net(same_class), net(other_class))

## When it is intended
Where the run ends before the hardest triplets are told apart, which may take long.

## Source
github.com/omoindrot/tensorflow-triplet-loss, issues 6 and 38: a loss that is exactly the margin.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import fmean

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.loss_facts import TripletCalled

_FEWEST = 30  # calls, in which embeddings become alike
_LONG = 60  # calls, after which a loss should have passed its margin
_FIRST = 3
_ABOVE = 1.2  # of the margin, at first
_AT_MARGIN = (0.95, 1.15)  # of the margin
_SMALL = 0.25  # of the margin, and a third of what the distances were


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line whose triplets are no longer told apart, or were turned round at first."""
    sites: dict[str, list[TripletCalled]] = {}
    for call in run.of(TripletCalled):
        sites.setdefault(call.where, []).append(call)
    for where, calls in sites.items():
        late = calls[len(calls) // 2 :]
        margin, last = calls[0].margin, calls[-len(calls) // 4 :]
        if len(calls) < _FEWEST or not run.begins or {each.margin for each in calls} != {margin}:
            continue
        if not all(_is_at_margin(each, margin) for each in (late, last)):
            continue
        first, near = calls[:_FIRST], fmean(each.near for each in late)
        far, before = fmean(each.far for each in late), fmean(each.far for each in first)
        began = fmean(each.loss for each in first)
        if max(near, far) < _SMALL * margin and max(near, far) < before / 3:
            what = f"all embeddings have become alike, {far:.2g} apart where they were {before:.2g}"
        elif len(calls) >= _LONG and not calls[0].is_picked and began > _ABOVE * margin:
            what = (
                f"it began at {began:.3g}, as the positives were farther from the anchors than "
                f"the negatives, and now they are as far, {near:.2g} and {far:.2g}"
            )
        else:
            continue
        yield RULE.found(
            f"the loss of triplet_margin_loss stays at its margin of {margin:.3g}: {what}",
            "see whether positive and negative are swapped: triplet_margin_loss(anchor, positive, "
            "negative); if they are not, lower the learning rate, and begin with easier negatives",
            run.update_at(late[0]),
            where,
            triplet_losses=len(calls),
        )


def _is_at_margin(calls: list[TripletCalled], margin: float) -> bool:
    low, high = _AT_MARGIN
    return low * margin <= fmean(each.loss for each in calls) <= high * margin


RULE = Rule("BT532", "embeddings-alike", "warning", check, __doc__, needs=(FACTS,))

"""The data of a loader drift from epoch to epoch: they are changed in place.

## What it sees
A DataLoader that was gone through at least four times, whose inputs grow (or shrink) with every
pass, by three tenths of their root mean square or more in all, with as many batches each time. Or
at least three passes, in each of which a tensor of real numbers that the data set stores was
written to as its first batches were drawn, or two in which numbers of an array of NumPy's were
written to that an earlier pass had written to. Or, in the source: a piece that `split` or a slice
gave of a tensor, which a loop inside of another writes to; or a mean or deviation that a data set
keeps, which each draw of an item multiplies or divides in place by a number, itself or by another
name, or replaces by its own quotient.

## Why it matters
An operation that ends with an underscore, or `+=`, on what `__getitem__` takes out of a stored
tensor changes the stored tensor. Noise that is meant for one look adds up, and later epochs train
on data that nobody measured.

## Example
    def __getitem__(self, index):
        image = self.images[index]
        image += 0.1 * torch.randn_like(image)

## Instead
    def __getitem__(self, index):
        image = self.images[index] + 0.1 * torch.randn_like(self.images[index])

## When it is intended
A curriculum whose data get larger from epoch to epoch looks the same. A store that is filled as
examples are drawn for the first time is left alone.

## Source
"Fixed Cifar10 dataset __getitem__ transformations modifying loaded data permanently",
github.com/facebookresearch/pycls, pull request 21; github.com/GengDavid/pytorch-cpn, pull request
9, of the means of pixels.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import isfinite

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.loader_facts import BatchDrawn, DatasetSeen, LoaderEnded
from backtrace.ledger.source_facts import SlipSeen

_PASSES = 4
_WRITTEN = 3
_DRIFT = 1.3
_FIX = (
    "in __getitem__, transforms and the loop, write x = x + noise for x += noise, or clone() what "
    "is taken out"
)


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each loader whose data drift, else those that write to what they store."""
    found = list(_drifting(run))
    yield from found or _written(run)
    for slip in run.of(SlipSeen):
        if slip.kind == "stored":
            yield RULE.found(
                f"{slip.name} is a view of {slip.beside}, and is written to in each pass over it: "
                "what is stored is changed in place",
                f"give the result a tensor of its own, or take a copy first: {slip.name}.clone()",
                run.update_at(slip),
                slip.where,
            )
        elif slip.kind == "statistics-changed":
            yield RULE.found(
                f"each item that is drawn changes {slip.name} in place: the next one is scaled "
                "by another statistic",
                f"change it once, where it is made, or give the result a name of its own: "
                f"scaled = {slip.name} / 255",
                run.update_at(slip),
                slip.where,
            )


def _written(run: Stretch) -> Iterator[Judgement]:
    """Give each loader whose data set writes to a tensor of its own in every pass."""
    passes: dict[str, list[LoaderEnded]] = {}
    for event in run.of(LoaderEnded):
        passes.setdefault(event.loader, []).append(event)
    for loader, ended in passes.items():
        kept = set.intersection(*(set(each.written) for each in ended))
        again = [name for each in ended[:_WRITTEN] for name in each.rewritten]
        names = [each for each in ended[0].written if each in kept]
        names += [each for each in again if again.count(each) == _WRITTEN - 1]
        if len(ended) < _WRITTEN or not names or ended[0].iteration != 1:
            continue
        name, last = names[0], ended[_WRITTEN - 1]
        drawn = [each for each in run.of(BatchDrawn) if each.loader == loader]
        yield RULE.found(
            f"drawing the batches of {loader} writes to {name}, which its data set stores, in "
            f"each of {_WRITTEN} passes: what is stored is changed in place",
            _FIX,
            run.update_at(last),
            _write_of(run, loader) or (drawn[0].where if drawn else last.where),
            passes=_WRITTEN,
        )


def _drifting(run: Stretch) -> Iterator[Judgement]:
    """Give each loader whose inputs grow or shrink with every pass."""
    for loader, passes in (run.census.batches if run.census is not None else {}).items():
        whole = [each for each in passes if each.batches == passes[0].batches]
        scales = [each.scale for each in whole]
        if len(scales) < _PASSES or not all(isfinite(each) and each > 0 for each in scales):
            continue
        grows = all(one < other for one, other in pairwise(scales))
        shrinks = all(one > other for one, other in pairwise(scales))
        drift = scales[-1] / scales[0]
        if (grows and drift >= _DRIFT) or (shrinks and drift <= 1 / _DRIFT):
            yield RULE.found(
                f"the inputs of {loader} {'grow' if grows else 'shrink'} with every one of "
                f"{len(scales)} passes, from a root mean square of {scales[0]:.3g} to "
                f"{scales[-1]:.3g}: what is stored is changed in place",
                _FIX,
                passes[0].batches + 1,
                _write_of(run, loader) or whole[-1].where,
                passes=len(scales),
                first_scale=scales[0],
                last_scale=scales[-1],
            )


def _write_of(run: Stretch, loader: str) -> str:
    """Return the line that writes to what a loader's data set stores; '' where it is not known."""
    return next((each.write for each in run.of(DatasetSeen) if each.loader == loader), "")


RULE = Rule("BT418", "data-changed-in-place", "warning", check, __doc__, needs=(FACTS,))

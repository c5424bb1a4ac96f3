"""The data of a loader drift from epoch to epoch: they are changed in place.

## What it sees
A DataLoader that was gone through at least four times, whose inputs grow (or shrink) with every
pass, by three tenths of their root mean square or more in all, with as many batches each time.

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
A curriculum whose data get larger from epoch to epoch looks the same.

## Source
"Fixed Cifar10 dataset __getitem__ transformations modifying loaded data permanently",
github.com/facebookresearch/pycls, pull request 21.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import isfinite

from backtrace.diagnose.needs import CENSUS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch

_PASSES = 4
_DRIFT = 1.3


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each loader whose data drift."""
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
                "in __getitem__, transforms and the loop, write x = x + noise for x += noise, or "
                "clone() what is taken out",
                passes[0].batches + 1,
                whole[-1].where,
                passes=len(scales),
                first_scale=scales[0],
                last_scale=scales[-1],
            )


RULE = Rule("BT418", "data-changed-in-place", "warning", check, __doc__, needs=(CENSUS,))

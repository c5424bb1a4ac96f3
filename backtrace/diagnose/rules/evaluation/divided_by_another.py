"""What is added up over one loader is divided by a number that is not its own.

## What it sees
In the source of a file that calls a model, a sum that a loop over a loader adds to, divided behind
it by the length of another loader, or of that one's data set; by the last index of `enumerate`,
which is one less than its turns; or by `len(loader.dataset)`, where two loaders of one data set are
each given a SubsetRandomSampler. Or a sum of one of torch's losses, each the mean of a batch, that
is divided by the number of rows, `len(loader.dataset)`. In a run in which these numbers are not
the same.

## Why it matters
What is told as the mean of a loss is off by a factor: validation looks better or worse than it is,
and two curves that are to be held against each other have different scales. A share divided by one
too few may be above 1. What compares the number with itself, as an early stop, still works, and
hides it.

## Example
    for x, y in val_loader:
        val_loss += criterion(model(x), y).item()
    print(val_loss / len(train_loader))

## Instead
    for x, y in val_loader:
        val_loss += criterion(model(x), y).item()
    print(val_loss / len(val_loader))

## When it is intended
A sum that is to be told for so many training batches.

## Source
github.com/SKrisanski/FSCT, issue 11; github.com/pytorch/tutorials, issue 1486: means of batches;
github.com/udacity/deep-learning-v2-pytorch, issue 129; github.com/sash-a/CoDeepNEAT, issue 2.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.census.census import Census
from backtrace.diagnose.needs import CENSUS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen

_KINDS = (
    "divided-by-batches",
    "divided-by-rows",
    "divided-by-index",
    "divided-by-whole",
    "means-over-rows",
)
_ENOUGH = 2  # rows in a batch


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such division, where the run went through both loaders, or through the one."""
    if run.census is None:
        return
    lines = {each.where: each for each in reversed(run.census.slips) if each.kind in _KINDS}
    for slip in reversed(lines.values()):
        match slip.kind:
            case "divided-by-batches" | "divided-by-rows":
                yield from _compare(run.census, slip)
            case "divided-by-index" | "divided-by-whole":
                yield from _look(run.census, slip)
            case "means-over-rows":
                yield from _tell_means(run.census, slip)


def _compare(census: Census, slip: SlipSeen) -> Iterator[Judgement]:
    """Give a division by the size of another loader, whose passes are all larger or smaller."""
    one, other = slip.beside.split()
    what = "batches" if slip.kind == "divided-by-batches" else "rows"
    own, others = _sizes(census, slip, one, what), _sizes(census, slip, other, what)
    loader, beside = one.partition(":")[0], other.partition(":")[0]
    if own and others and not own & others:
        yield RULE.found(
            f"{slip.name} is added up over {loader}, which gives {_many(own)} {what}, and divided "
            f"by the number of {beside}, which gives {_many(others)}",
            f"divide it by the number of {what} of {loader}",
            1,
            slip.where,
        )


def _look(census: Census, slip: SlipSeen) -> Iterator[Judgement]:
    """Give a division by a last index, or by the rows of a data set that the loader has not all."""
    loader = slip.beside.partition(":")[0]
    batches = _sizes(census, slip, slip.beside, "batches")
    if slip.kind == "divided-by-index" and batches:
        yield RULE.found(
            f"{slip.name} is added up over {_many(batches)} turns, and divided by the last index, "
            "which is one less",
            "divide it by that index plus 1",
            1,
            slip.where,
        )
    rows = _sizes(census, slip, slip.beside, "rows")
    if slip.kind == "divided-by-whole" and rows:
        yield RULE.found(
            f"{slip.name} is added up over {_many(rows)} rows, for {loader} has a sampler of a "
            "part, and divided by the number of all rows of the data set",
            f"divide it by len({loader}.sampler)",
            1,
            slip.where,
        )


def _tell_means(census: Census, slip: SlipSeen) -> Iterator[Judgement]:
    """Give means of batches that are divided by the rows of all of them."""
    loader = slip.beside.partition(":")[0]
    batches = _sizes(census, slip, slip.beside, "batches")
    rows = _sizes(census, slip, slip.beside, "rows")
    if batches and rows and min(rows) >= _ENOUGH * max(batches):
        yield RULE.found(
            f"{slip.name} adds up the mean loss of {_many(batches)} batches, and is divided by the "
            f"{_many(rows)} rows: what is told is too small by the size of a batch",
            f"divide it by len({loader}), or add loss.item() times the rows of the batch",
            1,
            slip.where,
        )


def _sizes(census: Census, slip: SlipSeen, loops: str, what: str) -> set[int]:
    """Return the sizes of the passes that ended at the lines of some loops, as far as known."""
    file = slip.where.rpartition(":")[0]
    lines = loops.partition(":")[2].split(",")
    found = [each for line in lines for each in census.sizes.get(f"{file}:{line}", ())]
    return {each.batches if what == "batches" else each.rows for each in found} - {0}


def _many(sizes: set[int]) -> str:
    return str(min(sizes)) if len(sizes) == 1 else f"{min(sizes)} to {max(sizes)}"


RULE = Rule("BT545", "divided-by-another", "warning", check, __doc__, needs=(CENSUS,))

"""A sum is written over, by each turn of a loop or by a part of it: the rest is not counted.

## What it sees
In the source of a file that calls a model: a name that is zero before a loop, that each turn writes
and none reads, and that is read behind the loop. It is what a layer gives beside what the next one
takes, `x, log_det = layer(x)`, or a loss that goes backward behind the loop. Or a loss that is a
sum of terms, and is given some of these terms alone in a later line of the same block, before
anything was trained with the sum; what is left out is told at most. Or a loss that one line adds a
term to, that the next gives another term alone, and that a third adds to.
Or the loss of an evaluation that each turn of the loop over held-out batches writes, and none
reads, and that is printed, logged or returned behind it; in a run that gives it several batches.

## Why it matters
What all layers but the last add to the loss is lost, and terms that are left out train nothing,
though the sum that is logged has them. A flow that counts one layer's logarithm of
the determinant does not pay for shrinking in the others: its likelihood grows without end, and is
none. A validation loss of the last batch goes up and down by chance, and best checkpoints with it.

## Example
    log_det = torch.zeros(len(x))
    for layer in self.layers:
        x, log_det = layer(x)
    return prior(x) + log_det

## Instead
    log_det = torch.zeros(len(x))
    for layer in self.layers:
        x, one = layer(x)
        log_det = log_det + one
    return prior(x) + log_det

## When it is intended
Where only the last turn is to count. Then it needs no zero before the loop. Where a loss is a part
of its sum for a trial: put that behind an `if`, or take the sum out.

## Source
github.com/tensorflow/models, issue 7465; Dinh et al., "Density estimation using Real NVP", 2017,
section 3: the determinants of all layers multiply; github.com/tom-roddick/oft, issue 6 (a line that
was left over); github.com/NVIDIA/DeepLearningExamples, pull request 299 (the last batch's loss).
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such sum."""
    for event in run.of(SlipSeen):
        if event.kind == "part-for-sum":
            yield RULE.found(
                f"{event.name} is a sum, and this line writes a part of it over it: nothing of "
                f"{event.beside} goes backward",
                "take this line out, or give the part another name",
                run.update_at(event),
                event.where,
            )
        if event.kind == "restarted":
            yield RULE.found(
                f"{event.name} is a sum that line {event.beside} adds to, and this line writes one "
                "term over it: what was added before is lost",
                f"add the term: {event.name} += …",
                run.update_at(event),
                event.where,
            )
        if event.kind == "overwritten":
            yield RULE.found(
                f"{event.name} is zero before the loop, and each turn writes over it: only what "
                "the last turn gives is counted",
                f"add up: keep what a turn gives under another name, and add it to {event.name}",
                run.update_at(event),
                event.where,
            )
    for slip in run.census.slips if run.census is not None else ():
        file = slip.where.rpartition(":")[0]
        if slip.kind == "last-batch-told" and run.census is not None:
            sizes = [each.batches for each in run.census.sizes.get(f"{file}:{slip.beside}", ())]
            if max(sizes, default=0) > 1:
                yield RULE.found(
                    f"each of up to {max(sizes)} batches writes over {slip.name}: what is told "
                    "behind the loop is the loss of the last one",
                    f"add {slip.name} up in the loop, and divide by the number of batches",
                    1,
                    slip.where,
                )


RULE = Rule("BT539", "sum-overwritten", "warning", check, __doc__, needs=(FACTS,))

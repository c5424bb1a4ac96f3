"""Inputs and targets are put into two orders: each row has another row's target.

## What it sees
In the source of a file that calls a model, rows that are put into an order drawn by `randperm` or
`permutation`, and are taken together with others that keep theirs or are put into another one: `x =
x[order]` beside a `y` as it was, or `x[torch.randperm(n)]` beside `y[torch.randperm(n)]`. Or two
lines that follow each other and shuffle inputs and targets in place, with no seed in between, or
one that shuffles one of the two in place, `random.shuffle(x)`, before `x[i]` and `y[i]` are taken,
or where both are lists that were made item by item together and are read afterwards.

Or sequences that are sorted by their lengths for `pack_padded_sequence`, by an order that is used
for nothing else: beside targets as they were, or in a `forward` of a file that sorts by length
nowhere else, where nearly all losses have targets that differ. Or the sequences of `zip(*batch)`
alone, by `sorted(sequences, key=len)`.

## Why it matters
What a row is trained towards is drawn by lot. The loss falls to what guessing gives and stays.

## Example
    order = torch.randperm(len(x))
    x = x[order]
    dataset = TensorDataset(x, y)

## Instead
    order = torch.randperm(len(x))
    x, y = x[order], y[order]

## When it is intended
A test with random labels, or pairs that are to be wrong: write what is mixed to a name of its own.

## Source
Zhang et al., "Understanding deep learning requires rethinking generalization", 2017: what is
learned of labels that are drawn by lot is learned by heart; github.com/fartashf/vsepp, pull request
36.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.loss_facts import LossCalled
from backtrace.ledger.source_facts import ShuffledAlone, SlipSeen

_FEW = 0.1  # of all losses: a small batch may have one class by chance


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each pair of names whose rows no longer belong together."""
    for slip in (each for each in run.of(SlipSeen) if each.kind == "sorted-alone"):
        if slip.beside or _have_own_targets(list(run.of(LossCalled))):
            yield _describe_sorted(run, slip)
    for event in run.of(ShuffledAlone):
        yield RULE.found(
            f"{event.name} and {event.beside} are put into two orders: no row has its own target"
            if event.has_own
            else f"{event.name} is put into another order and {event.beside} is not: no row has "
            "its own target",
            f"draw the order once, order = torch.randperm(n), and take {event.name}[order] and "
            f"{event.beside}[order]",
            run.update_at(event),
            event.where,
        )


def _have_own_targets(losses: list[LossCalled]) -> bool:
    """Whether rows of a batch have targets that differ, in nearly all losses.

    Where all rows are held to one, as those that a judge sees are, their order does not matter.
    """
    known = [each for each in losses if each.target_min is not None and each.target_max is not None]
    alike = sum(each.target_min == each.target_max for each in known)
    return len(known) > 0 and alike <= _FEW * len(known)


def _describe_sorted(run: Stretch, slip: SlipSeen) -> Judgement:
    return RULE.found(
        f"{slip.name} is put in the order of its lengths and {slip.beside} is not: no row has its "
        "own target"
        if slip.beside
        else f"{slip.name} is put in the order of its lengths, and what comes of it is not put "
        "back: outside, no row has its own target",
        f"give pack_padded_sequence {slip.name} as it is, with enforce_sorted=False: it sorts, and "
        "puts back",
        run.update_at(slip),
        slip.where,
    )


RULE = Rule("BT448", "shuffled-apart", "warning", check, __doc__, needs=(FACTS,))

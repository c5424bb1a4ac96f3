"""Inputs and targets are put into two orders: each row has another row's target.

## What it sees
In the source of a file that calls a model, rows that are put into an order drawn by `randperm` or
`permutation`, and are taken together with others that keep theirs or are put into another one: `x =
x[order]` beside a `y` as it was, `x[order[:n]]` beside `y[:n]`, or `x[torch.randperm(n)]` beside
`y[torch.randperm(n)]`. Or two lines that follow each other and shuffle inputs and targets in place,
with no seed in between, or one that shuffles one of the two in place, `random.shuffle(x)`, before
`x[i]` and `y[i]` are taken, or where both are lists that were made item by item together and are
read afterwards.

Or the same of an object's own rows, `self.images` and `self.labels`, which one of its methods mixes
and another one takes at one place. Sources and targets are inputs and targets where a loop of the
file holds what it makes of the one against the other itself.

Or sequences that are sorted by their lengths for `pack_padded_sequence`, by an order that is used
for nothing else: beside targets as they were, or in a `forward` of a file that sorts by length
nowhere else, where nearly all losses have targets that differ. Or the sequences of `zip(*batch)`
alone, by `sorted(sequences, key=len)`.

Or outputs, such as a teacher's, that a pass through a loader keeps batch by batch, and that a later
pass takes by the number of its batch, or side by side with its batches, where the loader draws
another order for each pass. Or outputs of one pass that are held against the labels of another.

Or two loaders that a loop goes through side by side, `zip(images, labels)`, where each draws an
order of its own, and a loss holds what is made of the one's batches against those of the other.

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
36; github.com/haitongli/knowledge-distillation-pytorch, issue 9.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from backtrace.diagnose.census.orders import ShuffledPass
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.loss_facts import LossCalled
from backtrace.ledger.source_facts import ShuffledAlone, SlipSeen

_FEW = 0.1  # of all losses: a small batch may have one class by chance

_OF_PASSES = {
    "kept-outputs": (
        "{} was kept batch by batch in an earlier pass, and the loader draws another order for "
        "each: the batch of the same number is of other rows",
        "compute it in the loop, of the batch itself, or let the data set give each row's index "
        "along, and keep it by that",
    ),
    "gathered-apart": (
        "{} is of one pass and the labels beside it of another, and the loader draws another order "
        "for each: no row has its own label",
        "collect both in one loop, or give that loader shuffle=False",
    ),
}


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each pair of names whose rows no longer belong together."""
    for slip in run.of(SlipSeen):
        is_sorted = slip.kind == "sorted-alone"
        if is_sorted and (slip.beside or _have_own_targets(list(run.of(LossCalled)))):
            yield _describe_sorted(run, slip)
        if slip.kind == "zipped-loaders" and _draw_apart(run, slip):
            yield RULE.found(
                f"{slip.name} and {slip.beside} are gone through side by side, and each draws an "
                "order of its own: no row has its own target",
                "make one loader of both, as of a TensorDataset(inputs, targets)",
                run.update_at(slip),
                slip.where,
            )
        if slip.kind in _OF_PASSES and _is_of_another_order(run, slip):
            yield _describe_passes(run, slip)
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


def _draw_apart(run: Stretch, slip: SlipSeen) -> bool:
    """Whether two loaders shuffle in a loop, and what is compared there is a loss's."""
    at = f"{slip.where.rpartition(':')[0]}:{slip.every}"
    orders = run.census.orders.values() if run.census else ()
    shuffled = [each for each in orders if any(one.where == slip.where for one in each)]
    is_loss = any(each.where == at for each in run.of(LossCalled))
    return is_loss and len(shuffled) > 1


def _is_of_another_order(run: Stretch, slip: SlipSeen) -> bool:
    """Whether a pass took what an earlier one had kept of the same loader in another order."""
    path = slip.where.rpartition(":")[0]
    kept, taken = f"{path}:{slip.every}", f"{path}:{slip.beside}"
    orders = run.census.orders.values() if run.census else ()
    judge = _took_another if slip.kind == "kept-outputs" else _are_never_alike
    return any(judge(passes, kept, taken) for passes in orders)


def _took_another(passes: Sequence[ShuffledPass], kept: str, taken: str) -> bool:
    """Whether a pass went in another order than the last one before it that kept something.

    One loop for both keeps what its first pass made.
    """
    latest = None
    for each in passes:
        if each.where == taken and latest is not None and latest.data != each.data:
            return True
        if each.where == kept and (latest is None or kept != taken):
            latest = each
    return False


def _are_never_alike(passes: Sequence[ShuffledPass], one: str, other: str) -> bool:
    """Whether passes follow each other, of two loops, and no two of them have one order."""
    of_both = [each for each in passes if each.where in (one, other)]
    beside = [(a, b) for a, b in pairwise(of_both) if a.where != b.where]
    return bool(beside) and not any(a.data == b.data for a, b in beside)


def _describe_passes(run: Stretch, slip: SlipSeen) -> Judgement:
    message, fix = _OF_PASSES[slip.kind]
    return RULE.found(message.format(slip.name), fix, run.update_at(slip), slip.where)


RULE = Rule("BT448", "shuffled-apart", "warning", check, __doc__, needs=(FACTS,))

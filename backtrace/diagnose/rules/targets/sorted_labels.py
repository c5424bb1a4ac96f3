"""Batches hold one class each: the data are sorted by label and not shuffled.

## What it sees
At least four batches running hold one class each, all rows the same, and the class changes from
one batch to a later one, though not in turns from call to call. Or in each batch looked at the rows
of a class stand side by side, most have no more than half of the classes, and one class follows the
other in the same order from batch to batch. Where each row has many places, as a mask for a picture
has: one class each beside what all batches have, their background, while a DataLoader draws the
rows in order.

## Why it matters
Each update teaches the model to answer with the class of its batch and to forget the others. Batch
norm sees statistics that no mixed batch has.

## Example
    loader = DataLoader(ImageFolder(root), batch_size=32)

## Instead
    loader = DataLoader(ImageFolder(root), batch_size=32, shuffle=True)

## When it is intended
Adversarial losses give a line ones and zeros in turn; this rule speaks of blocks only. Streams in
the order of time come in blocks on purpose, hardly ever of one class alone.

## Source
torch.utils.data.DataLoader (`shuffle`), PyTorch documentation.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Sequence
from itertools import pairwise

from backtrace.diagnose.class_order import find_sorted
from backtrace.diagnose.framework_lines import told_line
from backtrace.diagnose.graph_lines import lone_line
from backtrace.diagnose.loss_calls import trained_losses
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.loader_facts import BatchDrawn
from backtrace.ledger.loss_facts import LossCalled

Pure = Sequence[tuple[LossCalled, float | None]]  # batches, each with the one class that it holds

_CLASSIFIERS = ("cross_entropy", "nll_loss", "multi_margin_loss")
_BINARY = ("binary_cross_entropy", "binary_cross_entropy_with_logits")
_ENOUGH = 4
_ROWS = 4


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line whose batches are of one class each."""
    sites = trained_losses(run)
    is_lone = len(sites) == 1 and len({step.optimizer for step in run.steps}) == 1
    kinds = (*_CLASSIFIERS, *_BINARY) if is_lone else _CLASSIFIERS  # players of a game: ones, zeros
    for (_, function), calls in sites.items():
        judged = [call for call in calls if call.target_min is not None]
        pure = [(call, call.target_min) for call in judged if _is_pure(call)]
        is_in_turn = _takes_turns(calls, pure)
        if function in kinds and not is_in_turn and (turn := _find_turn(judged, pure)):
            yield _found(run, turn, judged, pure, f"each batch that {function} was given holds one "
                         "class only")  # fmt: skip
        elif function in kinds and not is_in_turn and (ordered := find_sorted(run, calls)):
            yield _describe_order(run, function, ordered)
        dense = _beside_background(run, judged)
        if function in (*_CLASSIFIERS, *_BINARY) and (turn := _find_turn(judged, dense)):
            yield _found(run, turn, judged, dense, f"each batch that {function} was given holds "
                         "one class beside the background")  # fmt: skip


def _found(
    run: Stretch, turn: LossCalled, judged: Sequence[LossCalled], pure: Pure, message: str
) -> Finding:
    net = told_line(run, turn.where, ("net",))
    is_told = net != turn.where
    return RULE.found(
        message,
        "shuffle the data: give the net iterator_train__shuffle=True"
        if is_told
        else "shuffle the data: DataLoader(..., shuffle=True)",
        run.update_at(turn),
        net if is_told else lone_line(run, "loader", turn.where),
        batches_of_one_class=len(pure),
        batches=len(judged),
        classes_seen=len({kind for _, kind in pure}),
    )


def _describe_order(run: Stretch, function: str, ordered: Sequence[LossCalled]) -> Finding:
    runs = [call.runs or () for call in ordered]
    kinds = {kind for each in runs for kind in each}
    most = max(len(each) for each in runs)
    turn = next(call for call in ordered if call.runs != runs[0])
    return RULE.found(
        f"the rows that {function} was given are sorted by class: one class follows the other, and "
        f"none of the {len(runs)} batches looked at has more than {most} of {len(kinds)} classes",
        "shuffle the data: DataLoader(..., shuffle=True)",
        run.update_at(turn),
        lone_line(run, "loader", turn.where),
        batches=len(runs),
        batches_of_one_class=sum(len(each) == 1 for each in runs),
        classes_seen=len(kinds),
    )


def _find_turn(judged: Sequence[LossCalled], pure: Pure) -> LossCalled | None:
    """Return the first batch of a second class, where batches of one class come in blocks."""
    is_usual = len(pure) >= max(_ENOUGH, 0.8 * len(judged))
    if not is_usual or not _is_in_blocks([kind for _, kind in pure]):
        return None
    return next(call for call, kind in pure if kind != pure[0][1])


def _beside_background(run: Stretch, judged: Sequence[LossCalled]) -> Pure:
    """Return the batches that have one class beside what all have, and were drawn in order."""
    few = [call for call in judged if call.few_classes]
    everywhere = frozenset[int]().union(*(call.few_classes for call in few))
    for call in few:
        everywhere &= frozenset(call.few_classes)
    drawn = run.once(_indices_of_draws) if few else []
    found: list[tuple[LossCalled, float | None]] = []
    for call in few:
        kinds = [each for each in call.few_classes if each not in everywhere]
        at = bisect(drawn, (call.index, True))
        if len(kinds) == 1 and at and drawn[at - 1][1]:
            found.append((call, kinds[0]))
    return found


def _indices_of_draws(run: Stretch) -> list[tuple[int, bool]]:
    """Return when each batch was drawn, and whether its DataLoader takes its rows in order."""
    return [(draw.index, _takes_in_order(draw)) for draw in run.of(BatchDrawn)]


def _takes_in_order(draw: BatchDrawn) -> bool:
    is_plain = draw.weights is None and draw.epoch is None
    return is_plain and draw.size is not None and not draw.shuffles


def _is_in_blocks(kinds: Sequence[float | None]) -> bool:
    """Whether one class follows the other, with few changes for the classes or the batches."""
    classes = set(kinds)
    changes = sum(a != b for a, b in pairwise(kinds))
    return len(classes) > 1 and (changes < len(classes) or 2 * changes <= len(kinds))


def _takes_turns(calls: Sequence[LossCalled], pure: Pure) -> bool:
    """Whether one call after the other the classes change, as those of two domains do.

    Of later calls one in many is looked at: of two that take turns, that may be ever the same.
    """
    of_call = {call.index: kind for call, kind in pure}
    pairs = [
        (of_call[before.index], of_call[after.index])
        for before, after in pairwise(calls)
        if before.index in of_call and after.index in of_call
    ]
    changes = sum(before != after for before, after in pairs)
    classes = {kind for pair in pairs for kind in pair}
    return changes >= max(len(classes), 1) and 2 * changes > len(pairs)


def _is_pure(call: LossCalled) -> bool:
    shape = call.target_shape
    rows = shape[0] if shape and shape[1:] in ((), (1,)) else 0
    return rows >= _ROWS and call.target_min == call.target_max


RULE = Rule("BT409", "sorted-labels", "warning", check, __doc__, needs=(FACTS,), cure="shuffle")

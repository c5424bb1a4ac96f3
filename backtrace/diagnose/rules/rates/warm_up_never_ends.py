"""The learning rate rises all through the run, and never comes to what it was meant to be.

## What it sees
A scheduler that raised the rate at each of its steps, eight or more, in a run of two epochs or more
that ended with one, and a rate at the end below the one that the optimizer was made with. Three
steps are enough, one per epoch, where the rate came to less than half of that one, and would reach
it after more than 20 steps, and more than an epoch has batches. Or a
schedule of transformers' that raised the rate more often than `num_training_steps`, its whole
length: there it ends at once where its warm-up does. Or a CyclicLR that raised the rate once per
epoch, all through such a run, and whose cycle is of 200 steps or more: eight times as many as it
took, and twice as many as an epoch has batches.

## Why it matters
A warm-up that is longer than the run never ends. It is counted in batches and stepped per epoch, or
in micro-batches and stepped once for each update, or its length was swapped with that of the whole
schedule: the model is trained at a fraction of its rate, and what was to come after the warm-up
never does.

## Example
    scheduler = LambdaLR(optimizer, lambda step: min(1, step / 60))
    for epoch in range(10):
        for x, y in loader:
            update(x, y)
        scheduler.step()

## Instead
    scheduler = LambdaLR(optimizer, lambda step: min(1, step / 60))
    for epoch in range(10):
        for x, y in loader:
            update(x, y)
            scheduler.step()

## When it is intended
A short trial of a long schedule; then the run itself is not the one that is meant.

## Source
github.com/huggingface/diffusers, issue 4387; github.com/huggingface/accelerate, issue 963;
github.com/WasifurRahman/BERT_multimodal_transformer, pull request 22;
torch.optim.lr_scheduler.CyclicLR, PyTorch documentation: a batch is a step of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Set

from backtrace.diagnose.census.rates import Schedule
from backtrace.diagnose.framework_lines import made_line
from backtrace.diagnose.needs import CENSUS, FACTS
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.scheduler_counts import count_epochs
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.loader_facts import BatchDrawn

_ENOUGH = 8
_LEAST = 3  # epochs that a cycle rises in, or a warm-up
_HALF = 0.5  # of the rate that was meant,
_MANY = 20  # and so many steps to come there: a warm-up in epochs would hardly be as long
_CYCLE = 8  # times the steps that it took,
_LONG = 200  # and so many steps: a cycle in epochs would hardly be as long
_MOSTLY = 0.75  # of its steps: a cosine that is stepped beyond its end rises in every other lap
_BELOW = 0.99  # of the rate that was meant: closer, the warm-up has as good as ended


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each scheduler whose warm-up outlasted the run."""
    rates = run.census.rates if run.census is not None else None
    if rates is None:
        return
    is_through = _is_through(run)
    lengths = {drawn.batches for drawn in run.of(BatchDrawn)}
    for found in rates.schedules:
        updates = rates.steps_of(found.optimizer)
        if _is_longer_than_all(found):
            yield _tell_longer(found, updates)
            continue
        if is_through and (batches := _batches_of_cycle(found, updates, lengths)):
            yield _tell_cycle(found, updates, batches)
            continue
        is_climbing = found.rises == found.moves and (
            found.moves >= _ENOUGH or _is_counted_in_batches(found, updates, lengths)
        )
        is_whole = is_through or updates / max(found.moves, 1) in lengths  # once for each epoch
        if is_whole and is_climbing and 0 < found.lr < _BELOW * found.base:
            yield RULE.found(
                f"the {found.type} raised the rate at each of its {found.moves} steps, in "
                f"{updates} updates, up to {found.lr:.4g} at the end: the warm-up never came to "
                f"the {found.base:.4g} that {found.optimizer} was made with",
                "count the warm-up in the steps that the scheduler takes, once per epoch or once "
                "per update, or call its step() as often as it counts",
                updates,
                made_line(run, found.where, found.made),
                (),
                found.optimizer,
                rate=found.lr,
                base=found.base,
                scheduler_steps=found.moves,
            )


def _is_counted_in_batches(found: Schedule, updates: int, lengths: Set[int | None]) -> bool:
    """Whether a few steps, one per epoch, came less than half the way of more than an epoch has."""
    batches, rest = divmod(updates, max(found.moves, 1))
    is_by_epoch = found.moves >= _LEAST and not rest and batches > 1 and batches in lengths
    ahead = found.moves * found.base / found.lr if found.lr > 0 else 0.0
    return is_by_epoch and found.lr < _HALF * found.base and ahead > max(batches, _MANY)


def _is_longer_than_all(found: Schedule) -> bool:
    """Whether the rate rose more often than the schedule has steps; a LambdaLR falls at its end."""
    is_timed = found.type == "LambdaLR" and found.period is not None
    has_risen = found.rises >= _ENOUGH and found.rises > _MOSTLY * found.moves
    return is_timed and has_risen and found.rises > (found.period or 0)


def _tell_longer(found: Schedule, updates: int) -> Finding:
    return RULE.found(
        f"the {found.type} raised the rate in {found.rises} of its {found.moves} steps, and "
        f"is planned for {found.period} in all: the warm-up is longer than the whole schedule",
        "see whether the two are swapped: num_warmup_steps comes before num_training_steps, or "
        "give both by name",
        updates,
        found.made or found.where,
        (),
        found.optimizer,
        rises=found.rises,
        period=found.period or 0,
        scheduler_steps=found.moves,
    )


def _batches_of_cycle(found: Schedule, updates: int, lengths: Set[int | None]) -> int:
    """Return the batches of an epoch where a cycle of batches rose once for each of these, or 0."""
    if found.type != "CyclicLR" or not found.rises == found.moves >= _LEAST or not found.period:
        return 0
    batches, rest = divmod(updates, found.moves)
    is_by_epoch = not rest and batches > 1 and batches in lengths
    is_of_batches = found.period >= max(_CYCLE * found.moves, 2 * batches, _LONG)
    return batches if is_by_epoch and is_of_batches else 0


def _tell_cycle(found: Schedule, updates: int, batches: int) -> Finding:
    return RULE.found(
        f"the {found.type} raised the rate once per epoch, {found.moves} times up to "
        f"{found.lr:.4g}, and its cycle is {found.period} steps long: it never came to its top",
        "call its step() after each step of the optimizer: its sizes are counted in batches",
        updates,
        found.where,
        (),
        found.optimizer,
        rate=found.lr,
        period=found.period or 0,
        batches_per_epoch=batches,
        scheduler_steps=found.moves,
    )


def _is_through(run: Stretch) -> bool:
    """Say whether a run of two epochs or more ended with one, so that nothing cut it short."""
    if run.is_start:
        epochs, is_through = count_epochs(run)
        return epochs > 1 and is_through
    passes = run.census.rates.passes.values() if run.census is not None else ()
    return any(ended > 1 for ended, _ in passes)


RULE = Rule(
    "BT521",
    "warm-up-never-ends",
    "warning",
    check,
    __doc__,
    needs=(FACTS, CENSUS),
    told=("warm-up", "schedule"),
)

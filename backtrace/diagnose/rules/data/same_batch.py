"""Updates see the same batch again, though the DataLoader has more.

## What it sees
A DataLoader with several batches is begun anew for each update, and gives the same first batch
each time. Or all its batches are one and the same, bit for bit. Or it gives batch after batch,
while the model and the loss are given the same ones. Or its batches come in pairs, or four at a
time, that are the same bits. Or a loop over the batches of an epoch takes a slice of the data that
its variable is no part of. Or every Trainer of Lightning's in the file is given
`overfit_batches`, and one tests, predicts or saves the model as well.

## Why it matters
The rest of the data is never looked at. The loss falls nicely, on one batch learnt by heart. Where
each worker of a DataLoader has a copy of one random generator, all of them draw the same: of four
batches three are new to nobody. So too where each has a copy of an IterableDataset, of which each
gives the whole.

## Example
    for _ in range(updates):
        x, y = next(iter(loader))

## Instead
    for x, y in loader:

## When it is intended
Learning one batch by heart on purpose takes it once, before the loop, and training on all data at
once has one batch. With `shuffle=True` a first batch is another one each time. All of these are
left alone.

## Source
torch.utils.data.DataLoader, PyTorch documentation: `iter()` begins a new pass over the data.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from backtrace.diagnose.needs import FACTS, UNSAMPLED
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window
from backtrace.ledger.events import BackwardRan, ForwardRan
from backtrace.ledger.loader_facts import BatchDrawn, DatasetSeen
from backtrace.ledger.loss_facts import LossCalled
from backtrace.ledger.source_facts import SlipSeen

_ENOUGH = 3
_USUAL = 0.5  # of the updates


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the loader that is begun anew, else the batches that are drawn and not used."""
    yield from _by_heart(run)
    yield from _unmoved(run)
    windows = [window for window in run.windows if window.step and window.of(BackwardRan)]
    losses = [call for window in windows for call in window.of(LossCalled)]
    items = {seen.loader: seen.item for seen in run.of(DatasetSeen)}
    for loader in dict.fromkeys(drawn.loader for drawn in run.of(BatchDrawn)):
        draws = [
            (window, draw)
            for window in windows
            for draw in window.of(BatchDrawn)
            if draw.loader == loader and _is_trained_on(window, draw)
        ]
        found = (
            _begun_anew(draws, windows)
            or _all_alike(draws, losses, items.get(loader, ""))
            or _in_runs(draws, items.get(loader, ""))
            or _left_aside(run, draws)
        )
        if found:
            yield from found
            return
    yield from _by_line(run, windows)


def _by_heart(run: Stretch) -> Iterator[Judgement]:
    """Give the option that has a Trainer learn a few batches by heart, where the model is used."""
    for slip in run.of(SlipSeen):
        if slip.kind == "few-batches":
            yield RULE.found(
                f"{slip.name} trains on these batches alone, again in each epoch, and line "
                f"{slip.beside} uses what was learned",
                "leave overfit_batches out, once the model was seen to learn them by heart",
                run.update_at(slip),
                slip.where,
            )


def _unmoved(run: Stretch) -> Iterator[Judgement]:
    """Give the slice that a loop over batches takes in each turn alike."""
    for slip in run.of(SlipSeen):
        if slip.kind == "unmoved-slice":
            yield RULE.found(
                f"{slip.name} is the same rows in each turn of the loop over {slip.beside}",
                f"let the slice go along with {slip.beside}: "
                f"x[{slip.beside} * size : ({slip.beside} + 1) * size], or begin it at the loop's "
                "own start",
                run.update_at(slip),
                slip.where,
            )


def _by_line(run: Stretch, windows: list[Window]) -> Iterator[Judgement]:
    """Give the line that draws the same first batch, of a loader made anew each time."""
    for where in dict.fromkeys(drawn.where for drawn in run.of(BatchDrawn)):
        draws = [
            (window, draw)
            for window in windows
            for draw in window.of(BatchDrawn)
            if draw.where == where and _is_trained_on(window, draw)
        ]
        found = _begun_anew(draws, windows)
        if found:
            yield from found
            return


def _is_trained_on(window: Window, draw: BatchDrawn) -> bool:
    """Whether the call of a model that follows a draw is one for training."""
    calls = window.of(ForwardRan)
    following = next((call for call in calls if call.index > draw.index), None)
    if following is None or not following.takes_grad:
        return False
    return following.training or not any(call.training for call in calls)


def _begun_anew(draws: list[tuple[Window, BatchDrawn]], windows: list[Window]) -> list[Judgement]:
    """Return a finding when each draw is the first of a new iteration, and the same batch.

    What is drawn in few of the updates that draw anything, as to be looked at, is left aside.
    """
    drawn = [draw for _, draw in draws]
    if len(drawn) < _ENOUGH or any(draw.number != 1 for draw in drawn):
        return []
    drawing = [window for window in windows if window.of(BatchDrawn)]
    if len({window.number for window, _ in draws}) < _USUAL * len(drawing):
        return []
    is_same = len({draw.data for draw in drawn}) == 1
    has_more = all(draw.batches is None or draw.batches > 1 for draw in drawn)
    if not (is_same and has_more and drawn[0].data):
        return []
    window, second = draws[1]
    return [
        RULE.found(
            f"each update begins {second.loader} anew and takes its first batch, the same one",
            "go through the loader: for x, y in loader, or make the iterator once, before the loop",
            window.number,
            second.where,
            updates_on_the_same_batch=len(drawn),
            batches_of_the_loader=second.batches or 0,
        )
    ]


def _all_alike(
    draws: list[tuple[Window, BatchDrawn]], calls: list[LossCalled], item: str
) -> list[Judgement]:
    """Return a finding when one iteration gives the same batch again and again.

    `item` is the line of the data set's own method that gives its items, '' if there is none.
    """
    first = [(window, draw) for window, draw in draws if draw.iteration == draws[0][1].iteration]
    is_same = len({draw.data for _, draw in first}) == 1 and bool(first[0][1].data)
    has_more = len({draw.number for _, draw in first}) >= _ENOUGH
    if not (is_same and has_more) or len({call.target for call in calls}) != 1:
        return []
    window, second = first[1]
    return [
        RULE.found(
            f"{second.loader} gives the same batch again and again, bit for bit",
            "look at the dataset's __getitem__: it should depend on the index that it is given",
            window.number,
            item or second.where,
            batches_alike=len(first),
            batches_of_the_loader=second.batches or 0,
        )
    ]


def _in_runs(draws: list[tuple[Window, BatchDrawn]], item: str) -> list[Judgement]:
    """Return a finding when batches come in runs of one length, alike within a run."""
    first = [(window, draw) for window, draw in draws if draw.iteration == draws[0][1].iteration]
    length = _length_of_runs([draw.data for _, draw in first])
    calls = [call for window, _ in first for call in window.of(LossCalled)]
    if length < 2 or (
        len(calls) == len(first) and _length_of_runs([call.target for call in calls]) != length
    ):
        return []
    window, second = first[1]
    if second.copies == length:
        return [_of_each_worker(window, second, len(first), item)]
    return [
        RULE.found(
            f"{second.loader} gives each batch {length} times in a row, bit for bit",
            "seed what the dataset draws with in each worker (worker_init_fn, from "
            "torch.initial_seed()), or draw with torch: a generator that the dataset holds is "
            "copied into every worker",
            window.number,
            second.where,
            times_in_a_row=length,
            batches_drawn=len(first),
        )
    ]


def _of_each_worker(window: Window, draw: BatchDrawn, drawn: int, item: str) -> Judgement:
    """Return that each worker has gone through the whole of an IterableDataset."""
    return RULE.found(
        f"each of the {draw.copies} workers of {draw.loader} gives all that its IterableDataset "
        f"has: every batch comes {draw.copies} times",
        "let the dataset's __iter__ give each worker a part of its own, by "
        "torch.utils.data.get_worker_info(), or have one worker: torch divides nothing here",
        window.number,
        item or draw.where,
        times_in_a_row=draw.copies,
        batches_drawn=drawn,
    )


def _length_of_runs(kinds: list[str]) -> int:
    """Return how often each is there in a row, if it is alike for all but the last, else 0."""
    runs = [len([*run]) for _, run in groupby(kinds)]
    is_even = len(runs) >= _ENOUGH and len({*runs[:-1]}) == 1 and runs[-1] <= runs[0]
    return runs[0] if is_even and all(kinds) else 0


def _left_aside(run: Stretch, draws: list[tuple[Window, BatchDrawn]]) -> list[Judgement]:
    """Return a finding when batches differ, and what was trained on does not."""
    windows = list({window.number: window for window, _ in draws}.values())
    kinds = {draw.data for _, draw in draws}
    trained = [[call for call in window.forwards if call.takes_grad] for window in windows]
    inputs = {data for forwards in trained for data in run.data_given(forwards)}
    calls = [c for window in windows for c in window.of(LossCalled) if c.input_from]
    targets = {call.target for call in calls}
    varied = any(call.target_min != call.target_max for call in calls)
    if (
        min(len(kinds), len(windows)) < _ENOUGH
        or len(inputs) != 1
        or len(targets) != 1
        or not varied
    ):
        return []
    if "" in inputs | targets:
        return []
    return [
        RULE.found(
            f"{draws[0][1].loader} gives batch after batch, and each update trains on the same one",
            "use the variables of the loop, not those of a batch that was taken before it",
            windows[1].number,
            trained[1][0].where,
            batches_drawn=len(draws),
            batches_trained_on=1,
        )
    ]


RULE = Rule(
    "BT406",
    "same-batch",
    "warning",
    check,
    __doc__,
    needs=(
        FACTS,
        UNSAMPLED,
    ),
)

"""A recurrent or attention layer takes the batch for time.

## What it sees
A layer without `batch_first=True` that is given `(rows, time, features)`: the first axis is as long
as the loss has rows, in each of its calls that were looked at, and the second is not. Or, where the
targets are the ids that were embedded for it one place on, one that goes along the other axis of
these ids than the targets do. The other way round, one with `batch_first=True` that is given
`(time, rows, features)`; `ctc_loss` names both axes, where they are as long for both.

Beside a loss of the rows there may be one of all their places. Or, whatever the loss: the first
axis is as long as the batches that a DataLoader draws by chance, in two calls or more and in all
that tell, and the second is not. Or attention without `batch_first` takes embedded ids to which
positions were added along the second axis: what an id is made into is the same in all rows of the
first, and another at each place of the second. Where other layers go along the other axis, both may
be meant, and of attention it is not said.

## Why it matters
The layer goes along the first axis: its state is handed on from one sample of the batch to the
next, or a sample attends to the others, and never along time. Nothing raises, for both layouts have
three axes.

## Example
    lstm = nn.LSTM(features, hidden)
    states, _ = lstm(x)  # x is (batch, time, features)

## Instead
    lstm = nn.LSTM(features, hidden, batch_first=True)

## When it is intended
Where the samples of a batch are one sequence, and each has an output of its own.

## Source
"Possible bug in DecoderRNN class", github.com/HHTseng/video-classification, issue 42;
torch.nn.LSTM, PyTorch documentation; "LSTM change batch_first=True, loss does not decrease",
discuss.pytorch.org/t/62364.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.numbered_axes import find_across_positions
from backtrace.diagnose.rows_of_loaders import find_along_rows
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import BackwardRan
from backtrace.ledger.layer_facts import SequenceTaken
from backtrace.ledger.loss_facts import LossCalled

_ATTENTION = "MultiheadAttention"


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line that makes such a layer."""
    seen = _gather(run)
    told: set[str] = set()
    mistaken = {
        where for where, calls in seen.items() if all(_is_mistaken(*call) for call in calls)
    }
    for where, calls in seen.items():
        taken, of = calls[0]
        # By itself attention may go along rows, where another layer goes along columns.
        if where in mistaken and (taken.type != _ATTENTION or mistaken == set(seen)):
            told.add(where)
            yield _found(run, taken, where, len(calls), of)
    for find, describe in (
        (find_along_rows, _describe_rows),
        (find_across_positions, _describe_positions),
    ):
        for where, along in find(run).items():
            if where not in told:
                told.add(where)
                yield describe(run, along[0], where, len(along))


def _gather(run: Stretch) -> dict[str, list[tuple[SequenceTaken, list[LossCalled]]]]:
    """Return the calls of layers, by the line that made them, each with the losses of rows."""
    waiting: list[SequenceTaken] = []
    losses: list[LossCalled] = []
    seen: dict[str, list[tuple[SequenceTaken, list[LossCalled]]]] = {}
    for event in run.events:
        if isinstance(event, SequenceTaken) and len(event.shape) == 3:
            if event.index in run.passed_before:  # the losses that came after it are not known
                continue
            waiting.append(event)
        elif isinstance(event, LossCalled) and event.input_from:
            losses.append(event)
        elif isinstance(event, BackwardRan):
            for taken in waiting:
                if of_rows := _of_rows(taken, losses):
                    seen.setdefault(taken.where, []).append((taken, of_rows))
            waiting, losses = [], []
    return seen


def _of_rows(taken: SequenceTaken, losses: list[LossCalled]) -> list[LossCalled]:
    """Return the losses that have a target for each row, where all others have one each place."""
    rows = {loss.target_shape[0] for loss in losses if loss.target_shape}
    if len(rows) < 2:
        return losses if rows else []
    least = min(rows)
    if rows != {least, taken.shape[0] * taken.shape[1]}:
        return []
    return [loss for loss in losses if loss.target_shape[:1] == (least,)]


def _is_mistaken(taken: SequenceTaken, losses: list[LossCalled]) -> bool:
    first, second, _ = taken.shape
    rows = losses[-1].target_shape[0]
    is_flat = all(len(loss.target_shape) < 3 and len(loss.input_shape) < 3 for loss in losses)
    is_row_each = is_flat and rows == first > 1 and second not in (1, rows)
    if _is_across(taken, losses) or _is_beside_ctc(taken, losses):
        return True
    if not taken.batch_first:
        return is_row_each
    is_second_each = is_flat and rows == second > 1 and first != 1
    return is_second_each and rows % first != 0  # or each row may have several targets


def _is_beside_ctc(taken: SequenceTaken, losses: list[LossCalled]) -> bool:
    """Whether its axes are those of what `ctc_loss` took as (time, rows), the wrong way round."""
    first, second, _ = taken.shape
    if any(loss.function != "ctc_loss" for loss in losses) or first == second:
        return False
    steps, rows = losses[-1].input_shape[:2] if len(losses[-1].input_shape) == 3 else (0, 0)
    axes = (steps, rows) if taken.batch_first else (rows, steps)
    return min(axes) > 1 and (first, second) == axes


def _is_across(taken: SequenceTaken, losses: list[LossCalled]) -> bool:
    """Whether it goes along one axis of ids that are followed by the targets along the other."""
    first, second, _ = taken.shape
    loss = losses[-1]
    is_theirs = loss.is_next and loss.ids == (first, second) and first != second
    return is_theirs and taken.batch_first == (loss.along == 0) and min(first, second) > 1


def _found(
    run: Stretch, taken: SequenceTaken, where: str, calls: int, losses: list[LossCalled]
) -> Judgement:
    rows, length, _ = taken.shape
    if _is_across(taken, losses):
        way, other = ("second", "first") if taken.batch_first else ("first", "second")
        is_first = not taken.batch_first
        return RULE.found(
            f"{taken.type} was given {taken.shape} and goes along the {way} axis, while each "
            f"target is the id that follows along the {other}",
            f"make it with batch_first={is_first}: nn.{taken.type}(..., batch_first={is_first})",
            run.update_at(taken),
            where,
            shape=str(taken.shape),
            calls_looked_at=calls,
        )
    if taken.batch_first:
        return RULE.found(
            f"{taken.type} was given {taken.shape} with batch_first=True: it goes along the "
            f"{length} rows of the batch, and not along the {rows} of the first axis",
            "make it without batch_first, or give it the batch first: x.transpose(0, 1)",
            run.update_at(taken),
            where,
            shape=str(taken.shape),
            calls_looked_at=calls,
        )
    return RULE.found(
        f"{taken.type} was given {taken.shape} without batch_first: it goes along the {rows} rows "
        f"of the batch, each with its own target, and not along the {length} of the second axis",
        f"make it with batch_first=True: nn.{taken.type}(..., batch_first=True)",
        run.update_at(taken),
        where,
        shape=str(taken.shape),
        calls_looked_at=calls,
    )


def _describe_rows(run: Stretch, taken: SequenceTaken, where: str, calls: int) -> Judgement:
    rows, length, _ = taken.shape
    return RULE.found(
        f"{taken.type} was given {taken.shape} without batch_first: it goes along the {rows} rows "
        f"that the loader drew by chance, and not along the {length} of the second axis",
        f"make it with batch_first=True: nn.{taken.type}(..., batch_first=True)",
        run.update_at(taken),
        where,
        shape=str(taken.shape),
        calls_looked_at=calls,
    )


def _describe_positions(run: Stretch, taken: SequenceTaken, where: str, calls: int) -> Judgement:
    return RULE.found(
        f"{taken.type} was given {taken.shape} without batch_first: it goes along the first axis, "
        "while the positions that are added to what is embedded go along the second",
        f"make it with batch_first=True: nn.{taken.type}(..., batch_first=True)",
        run.update_at(taken),
        where,
        shape=str(taken.shape),
        calls_looked_at=calls,
    )


RULE = Rule("BT417", "batch-for-time", "warning", check, __doc__, needs=(FACTS,))

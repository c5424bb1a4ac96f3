"""What stands above the table of an update, in words: which update, and of which loss."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

from backtrace.language import localized, translated
from backtrace.ledger.events import Reading
from backtrace.ledger.updates import Scored, Update
from backtrace.show.content.cells import literal, number, shape_text

LOSS_DIGITS = 7


def title_text(update: Update, *, with_optimizer: bool = False) -> str:
    """Return `update 3 · SGD, lr 0.01`; `with_optimizer` names it, where there are several."""
    parts = [localized(f"update {update.index}")]
    if with_optimizer and update.optimizer:
        parts.append(literal(update.called or update.optimizer))
    if update.type:
        parts.append(literal(", ".join(filter(None, (update.type, _lr_text(update.lr))))))
    if not update.is_complete:
        parts.append(localized("no step was taken"))
    return " · ".join(parts)


def loss_text(update: Update) -> str:
    """Return `loss 5.387 = mse 5.2 + l2 0.187`, or that none was seen."""
    if update.loss is None:
        return localized("loss not seen")
    text = localized(f"loss {number(update.loss, LOSS_DIGITS)}")
    if len(update.terms) < 2:
        return text
    parts = [f"{literal(name)} {number(x, LOSS_DIGITS)}" for name, x in update.terms.items()]
    return f"{text} = {' + '.join(parts)}"


def score_lines(update: Update, most: int = 4) -> list[str]:
    """Return what the loss was taken of, ŷ and y: elements where there are few, else statistics.

    Of more than `most` losses the first and the last are told, and how many lie between.
    """
    found = list(enumerate(update.scored, start=1))
    cut = len(found) - most
    shown = found if cut <= 0 else [*found[: most - 1], found[-1]]
    pairs = [(at, symbol, reading) for at, each in shown for symbol, reading in _sides(each)]
    labels = [symbol if len(found) == 1 else f"{symbol} {at}" for at, symbol, _ in pairs]
    shapes = [shape_text(reading.shape) for _, _, reading in pairs]
    lines = [
        f"{label:<{max(map(len, labels))}}  {shape:<{max(map(len, shapes))}}  {elements_text(each)}"
        for label, shape, (_, _, each) in zip(labels, shapes, pairs, strict=True)
    ]
    if cut > 0:
        lines.insert(-2, localized(f"… of {cut} more losses"))
    return lines


def elements_text(reading: Reading, most: int = 8) -> str:
    """Return a tensor's elements where there are at most `most`, else its norm, mean and range."""
    if reading.values is not None and 0 < len(reading.values) <= most:
        return ", ".join(map(number, reading.values))
    if reading.numel == 0:
        return translated("empty")
    if isnan(reading.mean) and not reading.nonfinite:  # only the norm was kept
        return localized(f"norm {number(reading.norm)}")
    text = f"{number(reading.min, 4)}…{number(reading.max, 4)}"
    if not reading.dtype.startswith(("int", "uint", "bool")):
        text = localized(f"norm {number(reading.norm)}, mean {number(reading.mean)}, {text}")
    return localized(f"{text}, {reading.nonfinite} not finite") if reading.nonfinite else text


def _sides(scored: Scored) -> tuple[tuple[str, Reading], ...]:
    return ("ŷ", scored.output), ("y", scored.target)


def _lr_text(lr: Sequence[float]) -> str:
    found = list(dict.fromkeys(lr))
    if not found:
        return ""
    if len(found) <= 3:
        rates = "lr " + ", ".join(number(x) for x in found)
        return rates if len(found) == 1 else localized(f"{rates} by group")
    return localized(f"lr {number(min(found))}…{number(max(found))} in {len(lr)} groups")

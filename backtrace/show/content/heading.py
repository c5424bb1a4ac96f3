"""What stands above the table of an update, in words: which update, and of which loss."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

from backtrace.language import localized, translated
from backtrace.ledger.events import Reading
from backtrace.ledger.updates import Given, Update
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

    Of a loss written by hand it is what the models gave. Of more than `most` losses the first and
    the last are told, and how many lie between.
    """
    found = list(enumerate(_list_sides(update), start=1))
    cut = len(found) - most
    shown = found if cut <= 0 else [*found[: most - 1], found[-1]]
    pairs = [(at, symbol, reading) for at, each in shown for symbol, reading in each]
    is_plain = len({symbol for _, symbol, _ in pairs}) == len(pairs) and cut <= 0
    labels = [symbol if is_plain else f"{symbol} {at}" for at, symbol, _ in pairs]
    shapes = [shape_text(reading.shape) for _, _, reading in pairs]
    lines = [
        f"{label:<{max(map(len, labels))}}  {shape:<{max(map(len, shapes))}}  {elements_text(each)}"
        for label, shape, (_, _, each) in zip(labels, shapes, pairs, strict=True)
    ]
    if cut > 0:
        lines.insert(-len(shown[-1][1]), localized(f"… of {cut} more losses"))
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


def _list_sides(update: Update) -> list[tuple[tuple[str, Reading], ...]]:
    if update.scored:
        return [(("ŷ", each.output), ("y", each.target)) for each in update.scored]
    outputs = [each for each in update.given if each.is_model]
    models = {each.module for each in outputs}
    return [((_symbol(each, named=len(models) > 1), each.output),) for each in outputs]


def _symbol(given: Given, *, named: bool) -> str:
    """Return ŷ, with the place in a tuple or dict, and with the model where there are several."""
    return literal(f"ŷ{given.place} of {given.module}" if named else f"ŷ{given.place}")


def _lr_text(lr: Sequence[float]) -> str:
    found = list(dict.fromkeys(lr))
    if not found:
        return ""
    if len(found) <= 3:
        rates = "lr " + ", ".join(number(x) for x in found)
        return rates if len(found) == 1 else localized(f"{rates} by group")
    return localized(f"lr {number(min(found))}…{number(max(found))} in {len(lr)} groups")

"""What stands above the table of an update, in words: which update, and of which loss."""

from __future__ import annotations

from collections.abc import Sequence

from backtrace.ledger.updates import Update
from backtrace.show.content.cells import literal, number

LOSS_DIGITS = 7


def title_text(update: Update, *, with_optimizer: bool = False) -> str:
    """Return `update 3 · SGD, lr 0.01`; `with_optimizer` names it, where there are several."""
    parts = [f"update {update.index}"]
    if with_optimizer and update.optimizer:
        parts.append(literal(update.optimizer))
    if update.type:
        parts.append(literal(", ".join(filter(None, (update.type, _lr_text(update.lr))))))
    if not update.is_complete:
        parts.append("no step was taken")
    return " · ".join(parts)


def loss_text(update: Update) -> str:
    """Return `loss 5.387 = mse 5.2 + l2 0.187`, or that none was seen."""
    if update.loss is None:
        return "loss not seen"
    text = f"loss {number(update.loss, LOSS_DIGITS)}"
    if len(update.terms) < 2:
        return text
    parts = [f"{literal(name)} {number(x, LOSS_DIGITS)}" for name, x in update.terms.items()]
    return f"{text} = {' + '.join(parts)}"


def _lr_text(lr: Sequence[float]) -> str:
    found = list(dict.fromkeys(lr))
    if not found:
        return ""
    if len(found) <= 3:
        rates = "lr " + ", ".join(number(x) for x in found)
        return rates if len(found) == 1 else f"{rates} by group"
    return f"lr {number(min(found))}…{number(max(found))} in {len(lr)} groups"

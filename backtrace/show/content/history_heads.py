"""The sentences around the history of a number: what it is, who wrote it last, where it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan

from backtrace.explain.history.number_history import LastWriter, NumberHistory, UpdateHistory
from backtrace.show.content.cells import literal, number, shape_text
from backtrace.show.content.history_rows import amount_text
from backtrace.show.content.write_words import event_words, writer_words

BY_OPTION = "--back {back}"
_MOST_VALUES = 4096  # that `--values` takes


def now_text(history: NumberHistory) -> str:
    """Return the first sentence: which number, when, and what it is."""
    asked, latest = history.asked, history.updates[0]
    name, amount = literal(asked.text), amount_text(history.amount)
    if history.until_nonfinite:
        return f"{name} is not finite for the first time in update {latest.number}: {amount}"
    if history.at is not None:
        where = f" ({literal(history.at.where)})" if history.at.where else ""
        when = f"after {event_words(history.at)}{where} in update {latest.number}"
    elif latest.step is None:
        when = f"in update {latest.number}, which no step has ended,"
    elif asked.account == "grad" and history.seen.optimizer is not None:
        when = f"as the step of update {latest.number} read it"
    else:
        when = f"after update {latest.number}"
    return f"{name} {when} is {amount}"


def fact_texts(history: NumberHistory) -> Iterator[str]:
    """Give who wrote it last, what the tensor is, and why a norm stands for a number."""
    seen = history.seen
    if history.writer is None:
        yield "nothing has written it since it was first seen"
    else:
        yield f"last written by {writer_text(history.writer)}"
    if not history.until_nonfinite and history.amount and not history.amount.is_finite:
        yield "not finite: --until first-nonfinite goes to where that began"
    if history.shard is not None:
        whole = f"{shape_text(history.shard.shape)}, {history.shard.placements}"
        yield literal(f"this rank's part of {whole}: an index counts within the part")
    if not seen.requires_grad:
        yield "it wants no gradient: requires_grad is False"
    elif seen.optimizer is None and seen.kind != "input":
        yield "no optimizer holds it"
    yield from _norm_texts(history)


def _norm_texts(history: NumberHistory) -> Iterator[str]:
    """Say of what tensor the norms are, and why they stand for an element."""
    links = [link for update in history.updates for link in update.links]
    amounts = [each for link in links for each in (link.before, link.by, link.after)]
    if not any(each is not None and each.is_norm for each in (history.amount, *amounts)):
        return
    now = history.now
    if history.asked.offset is not None:
        kept = _how_to_keep(history)
        yield f"‖x‖ is the norm of the whole tensor: its elements were not kept{kept}"
    elif now is not None:
        parts = [f"shape {shape_text(now.shape)}"]
        if not isnan(now.mean) or now.nonfinite:
            parts += [f"mean {number(now.mean)}", f"{number(now.min, 4)}…{number(now.max, 4)}"]
        parts += [f"{now.nonfinite} of {now.numel} not finite"] if now.nonfinite else []
        yield f"‖x‖ is the norm of the whole tensor ({', '.join(parts)})"


def update_text(update: UpdateHistory) -> str:
    """Return the title of an update."""
    step = update.step
    if step is None:
        return f"update {update.number} · no step was taken"
    rates = ", ".join(dict.fromkeys(map(number, step.lr)))
    return literal(f"update {update.number} · {step.type}, lr {rates}")


def empty_text(history: NumberHistory) -> str:
    """Return what is said of an update in which nothing wrote the number."""
    what = ".grad" if history.asked.account == "grad" else "value"
    return f"no call of this update wrote its {what}"


def rest_text(history: NumberHistory, deeper: str = BY_OPTION) -> str:
    """Return where what the oldest link found came from; '' where nothing is left of it.

    `deeper` is what one types to go `back` through more updates.
    """
    if history.rest is None:
        return ""
    amount, writer = amount_text(history.rest), history.rest_writer
    if history.rest_unread:
        return f"{amount} was left by a step that was not read"
    if writer is None:
        return f"{amount} is what was there when it was first seen"
    go_on = f"; {deeper.format(back=writer.back)} goes on to there"
    go_on = go_on if writer.back > len(history.updates) else ""
    return f"{amount} was written by {writer_text(writer)}{go_on}"


def writer_text(writer: LastWriter) -> str:
    """Return who wrote, in which update and where: `step at update 3 (train.py:31)`."""
    where = f" ({literal(writer.event.where)})" if writer.event.where else ""
    return f"{writer_words(writer)} at update {writer.update}{where}"


def _how_to_keep(history: NumberHistory) -> str:
    numel, now = history.asked.numel, history.now
    if now is not None and isnan(now.mean) and not now.nonfinite:
        return ", nor anything but norms (--last, --readings norm)"
    if numel > _MOST_VALUES:
        return f" (of tensors of up to {_MOST_VALUES} they can be)"
    return f" (record with --values {numel})"

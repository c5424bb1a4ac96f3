"""The history of a number as a JSON document."""

from __future__ import annotations

from typing import Any

from backtrace.explain.history.amount import Amount
from backtrace.explain.history.number_history import HistoryLink, LastWriter, NumberHistory
from backtrace.language import using_language
from backtrace.ledger.calls import call_of
from backtrace.ledger.events import ForwardRan, LossComputed
from backtrace.ledger.loss_facts import LossCalled
from backtrace.printable import json_text
from backtrace.show.content.call_line import call_detail
from backtrace.show.content.write_words import write_words, writer_words
from backtrace.show.json.document import reading_to_dict, to_json

Json = Any


def history_to_json(history: NumberHistory | None) -> str:
    """Return the history as one line of strict JSON; null where there was none to tell."""
    document = None if history is None else history_to_dict(history)
    return json_text(document)


@using_language("en")
def history_to_dict(history: NumberHistory) -> dict[str, Json]:
    """Return the history as a document; links stand latest first."""
    asked = history.asked
    return {
        "number": {
            "text": asked.text,
            "name": asked.name,
            "account": asked.account,
            "index": None if asked.index is None else list(asked.index),
            "shape": list(asked.shape),
        },
        "now": _amount(history.amount),
        "reading": reading_to_dict(history.now),
        "last_written": _writer(history.writer),
        "updates": [
            {
                "index": update.number,
                "optimizer": update.optimizer,
                "type": update.step.type if update.step else "",
                "lr": [] if update.step is None else [to_json(lr) for lr in update.step.lr],
                "is_complete": update.step is not None,
                "links": [_link(link) for link in update.links],
                "grad_left_by": _writer(update.left_by),
            }
            for update in history.updates
        ],
        "rest": _amount(history.rest),
        "rest_written": _writer(history.rest_writer),
    }


def _link(link: HistoryLink) -> dict[str, Json]:
    write = link.write
    return {
        "call": write_words(write),
        "event": type(write.event).__name__,
        "where": write.event.where,
        "account": write.account,
        "before": _amount(link.before),
        "by": _amount(link.by),
        "after": _amount(link.after),
        "factor": to_json(link.factor),
        "backward": [link.number, link.count] if link.count else None,
        "terms": {name: _amount(amount) for name, amount in link.terms.items()},
        "ranks": {str(rank): _amount(amount) for rank, amount in link.ranks.items()},
        "receipt": to_json(link.receipt),
        "led_by": [
            {"event": type(event).__name__, "where": event.where, "detail": _detail(event)}
            for event in reversed(write.led_by)
            if isinstance(event, ForwardRan | LossCalled | LossComputed)
        ],
    }


def _detail(event: ForwardRan | LossCalled | LossComputed) -> Json:
    match event:
        case LossCalled():
            return {"function": event.function, "value": to_json(event.value)}
        case LossComputed():
            return {"total": to_json(event.total), "terms": to_json(event.terms)}
    call = call_of(event)
    return {} if call is None else {"text": call_detail(call, event)}


def _writer(writer: LastWriter | None) -> Json:
    if writer is None:
        return None
    return {
        "update": writer.update,
        "call": writer_words(writer),
        "event": type(writer.event).__name__,
        "where": writer.event.where,
    }


def _amount(amount: Amount | None) -> Json:
    """Return a number, and whether it is the norm of the whole tensor; null for None."""
    return None if amount is None else {"number": to_json(amount.number), "is_norm": amount.is_norm}

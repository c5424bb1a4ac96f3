"""Updates and events as plain JSON documents.

JSON has no word for numbers that are not finite, so they are the strings `"NaN"`, `"Infinity"`
and `"-Infinity"`; what does not exist is null. Keys keep one order, the order of the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from math import isfinite, isnan
from typing import Any

from backtrace.ledger.books import Balance
from backtrace.ledger.events import Event, Reading
from backtrace.ledger.updates import Call, Row, Update

Json = Any


def update_to_dict(update: Update) -> dict[str, Json]:
    """Return an update as a document; `parameters` holds inputs too, told apart by `kind`."""
    return {
        "index": update.index,
        "optimizer": update.optimizer,
        "called": update.called,
        "type": update.type,
        "lr": [_number(lr) for lr in update.lr],
        "loss": _optional(update.loss),
        "terms": {name: _number(value) for name, value in update.terms.items()},
        "scored": to_json(update.scored),
        "given": to_json(update.given),
        "calls": [_call(call) for call in update.calls],
        "parameters": {name: _row(row) for name, row in update.rows.items()},
        "split": to_json(update.split),
        "books": {"grad": _balance(update.grad_books), "value": _balance(update.value_books)},
        "notes": list(update.notes),
        "elapsed": _number(update.elapsed),
        "is_complete": update.is_complete,
    }


def event_to_dict(event: Event) -> dict[str, Json]:
    """Return an event as a document: its type as `event`, then all of its fields."""
    found = {field.name: to_json(getattr(event, field.name)) for field in fields(event)}
    return {"event": type(event).__name__, **found}


def reading_to_dict(reading: Reading | None) -> dict[str, Json] | None:
    """Return a reading as a document, with `values` and `digest` only where they were kept."""
    if reading is None:
        return None
    document: dict[str, Json] = {
        "shape": list(reading.shape),
        "dtype": reading.dtype,
        "norm": _number(reading.norm),
        "mean": _number(reading.mean),
        "min": _number(reading.min),
        "max": _number(reading.max),
        "zeros": reading.zeros,
        "nonfinite": reading.nonfinite,
    }
    if reading.values is not None:
        document["values"] = [_number(value) for value in reading.values]
    if reading.digest is not None:
        document["digest"] = reading.digest
    return document


def _row(row: Row) -> dict[str, Json]:
    return {
        "shape": list(row.shape),
        "kind": row.kind,
        "value_before": reading_to_dict(row.value_before),
        "grad_before": reading_to_dict(row.grad_before),
        "added": [reading_to_dict(reading) for reading in row.added],
        "cleared": [reading_to_dict(reading) for reading in row.cleared],
        "terms": {
            term: [reading_to_dict(reading) for reading in parts]
            for term, parts in row.terms.items()
        },
        "grad_after": reading_to_dict(row.grad_after),
        "change": reading_to_dict(row.change),
        "value_after": reading_to_dict(row.value_after),
        "split": to_json(row.split),
        "receipt": to_json(row.receipt),
        "grad_books": _balance(row.grad_books),
        "value_books": _balance(row.value_books),
    }


def _call(call: Call) -> dict[str, Json]:
    return {
        "name": call.name,
        "detail": call.detail,
        "where": call.where,
        "in_step": call.in_step,
        "is_eval": call.is_eval,
    }


def _balance(balance: Balance) -> dict[str, Json]:
    return {
        "residual": _number(balance.residual),
        "bound": _number(balance.bound),
        "per_element": balance.per_element,
        "is_balanced": balance.is_balanced if balance.is_known else None,
    }


def to_json(value: object) -> Json:
    """Return plain data, readings and entries among them, as JSON has it."""
    match value:
        case Reading():
            return reading_to_dict(value)
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
        case Mapping():
            return {str(key): to_json(item) for key, item in value.items()}
        case tuple() | list():
            return [to_json(item) for item in value]
        case float():
            return _number(value)
        case _:
            return value


def _optional(value: float | None) -> Json:
    return None if value is None else _number(value)


def _number(value: float) -> float | str:
    if isfinite(value):
        return value
    return "NaN" if isnan(value) else "Infinity" if value > 0 else "-Infinity"

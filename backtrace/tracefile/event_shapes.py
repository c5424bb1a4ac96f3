"""Which events there are, and which of their fields hold readings.

Found by looking at the classes, so that a new event or field is kept without a word here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from importlib import import_module
from typing import Literal, cast, get_args, get_origin

from backtrace.ledger.events import Entry, Event, Reading, Receipt, Split
from backtrace.tracefile.codec import hints_of

# How a field holds readings: an entry a tensor, a reading a tensor, the same for each loss term,
# one reading of the tensor that the event is about; or not at all, but by tensor's name.
Form = Literal["entries", "readings", "terms", "single", "by name"]
# Where the classes are, those that most files need first: the others are not imported for nothing.
_MODULES = (
    "events", "facts", "graph_seen", "loss_facts", "state_facts", "rank_facts", "layer_facts",
    "graph_facts", "mask_facts", "loader_facts", "source_facts", "filled_facts", "experiment_facts",
)  # fmt: skip
COLUMNS = ("index", "elapsed", "where", "rank")


@dataclass(frozen=True)
class Shape:
    """Where an event class keeps its readings, and which other fields it has."""

    kind: type[Event]
    forms: Mapping[str, Form]
    others: tuple[str, ...]
    in_rows: Mapping[str, Form]  # the fields whose readings stand in rows of their own


@lru_cache(200)
def kind_named(name: str) -> type[Event]:
    """Return the event class of that name.

    Raises:
        ValueError: there is none.
    """
    for module in _MODULES:
        found = vars(import_module(f"backtrace.ledger.{module}")).get(name)
        if isinstance(found, type) and issubclass(found, Event) and dataclasses.is_dataclass(found):
            return found
    raise ValueError(f"there is no event {name:.60}")


def shape_of(kind: type[Event]) -> Shape:
    """Look at the fields of an event class."""
    return _look(cast("Hashable", kind))


@cache
def _look(key: Hashable) -> Shape:
    kind = cast("type[Event]", key)
    hints = hints_of(key)
    forms = {name: form for name, hint in hints.items() if (form := _form(hint)) is not None}
    in_rows = {name: form for name, form in forms.items() if form != "by name"}
    names = [field.name for field in fields(kind)]
    others = tuple(name for name in names if name not in in_rows and name not in COLUMNS)
    return Shape(kind, forms, others, in_rows)


def _form(hint: object) -> Form | None:
    if Reading in get_args(hint) and get_origin(hint) is not Mapping:
        return "single" if set(get_args(hint)) == {Reading, type(None)} else None
    if not _is_mapping(hint):
        return None
    inner = get_args(hint)[1]
    if inner is Entry:
        return "entries"
    if inner is Reading or set(get_args(inner)) == {Reading, type(None)}:
        return "readings"
    if _is_mapping(inner) and get_args(inner)[1] is Reading:
        return "terms"
    return "by name" if inner in (Receipt, Split) else None


def _is_mapping(hint: object) -> bool:
    origin = get_origin(hint)
    return isinstance(origin, type) and issubclass(origin, Mapping)

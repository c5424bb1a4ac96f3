"""Which tensors are written: those whose names match `--param`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeVar

from backtrace.ledger.events import Event, ParameterSeen
from backtrace.ledger.name_globs import is_chosen
from backtrace.tracefile.event_shapes import shape_of

T = TypeVar("T")


class ParamFilter:
    """Leaves other tensors than those chosen out of events; without globs, it leaves out none."""

    def __init__(self, globs: Sequence[str]) -> None:
        self._globs = tuple(globs)
        self._wants = lru_cache(maxsize=10_000)(self._match)

    def apply(self, event: Event) -> Event | None:
        """Return the event without what was not chosen; None if nothing is left to say."""
        if not self._globs:
            return event
        if isinstance(event, ParameterSeen):
            return event if self._wants(event.name) else None
        changes: dict[str, Any] = {}
        for name, form in shape_of(type(event)).forms.items():
            value = getattr(event, name)
            if form == "terms":
                changes[name] = {term: self._chosen(part) for term, part in value.items()}
            elif form != "single":
                changes[name] = self._chosen(value)
        return replace(event, **changes) if changes else event

    def _chosen(self, found: Mapping[str, T]) -> dict[str, T]:
        # The empty name stands for all tensors together.
        return {name: item for name, item in found.items() if not name or self._wants(name)}

    def _match(self, name: str) -> bool:
        return is_chosen(name, self._globs)

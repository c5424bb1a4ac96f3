"""The chosen updates as plain data: titles, calls, and readings as the terminal writes them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from backtrace.language import localized, translated
from backtrace.ledger.accounts import AccountState
from backtrace.ledger.events import Reading
from backtrace.ledger.trace import Trace
from backtrace.ledger.updates import Update
from backtrace.show.content.balance import judge_books
from backtrace.show.content.call_line import calls_line
from backtrace.show.content.cells import literal, number, percent, reading_cell, shape_text
from backtrace.show.content.heading import loss_text, score_lines, title_text
from backtrace.show.content.note_texts import note_texts
from backtrace.show.html.element_parts import MOST_ELEMENTS
from backtrace.show.html.report_calls import (
    ReportCall,
    ReportLink,
    ReportUpdate,
    follow,
    follow_in_file,
)
from backtrace.tracefile import TraceFile

_MOST_ELEMENTS = 3  # that stand in a cell
_MOST_TOLD = 16  # that stand in its explanation
_MOST_NUMBERS = 200_000  # of those on a page: about 2 MB

_HEAD = 3  # texts of a cell before its elements

Json = Any


class Cells:
    """The cells of all tables, each once: what a call leaves, the next finds."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, ...], int] = {}
        self._known: dict[tuple[int, bool, bool], tuple[Reading | None, int]] = {}  # by identity
        self._room = _MOST_NUMBERS

    def put(self, reading: Reading | None, *, signed: bool = False, is_grad: bool = False) -> int:
        """Return the place of a reading's cell."""
        known = self._known.get((id(reading), signed, is_grad))
        if known is not None:
            return known[1]
        found = *cell(reading, signed=signed, is_grad=is_grad), *_elements(reading, signed=signed)
        if len(found) > _HEAD and found not in self._places:
            self._room -= len(found) - _HEAD
            found = found if self._room >= 0 else found[:_HEAD]
        place = self._places.setdefault(found, len(self._places))
        self._known[id(reading), signed, is_grad] = reading, place
        return place

    def to_list(self) -> list[Json]:
        """Return all cells at their places: three texts, and the elements where there are any."""
        return [
            [*found[:_HEAD], *([list(found[_HEAD:])] if len(found) > _HEAD else [])]
            for found in self._places
        ]


def ledgers_to_list(
    trace: Trace,
    chosen: Mapping[int, Sequence[str]],
    count: int,
    cells: Cells,
    *,
    several: bool,
    shown: Collection[str] | None = None,
    is_nested: bool,
) -> list[Json]:
    """Return the chosen updates call by call, and put their cells into `cells`.

    `chosen` has reasons by place, of `count` places; what comes after the last step is one more.
    `several` says that there is more than one optimizer, which then is named; `is_nested` that a
    step may end inside another, so that what is around an update must be read as well. Of `shown`
    are the tensors that have a row, None: all.
    """
    updates, places = trace.updates, {*chosen, count}
    apart = trace if isinstance(trace, TraceFile) and not is_nested else None
    found = []
    for calls in follow_in_file(apart, places) if apart else follow(trace.events, places):
        is_rest = calls.place == count
        update = None if is_rest else updates[calls.place]
        reasons = [] if is_rest else list(chosen[calls.place])
        found.append(_ledger(calls, update, reasons, cells, several=several, shown=shown))
    return found


def _ledger(
    calls: ReportUpdate,
    update: Update | None,
    reasons: list[str],
    cells: Cells,
    *,
    several: bool,
    shown: Collection[str] | None,
) -> dict[str, Json]:
    tensors = [each for each in calls.tensors if shown is None or each[0].seen.name in shown]
    places = {state: at for at, (state, _) in enumerate(tensors)}
    return {
        **_head(calls, update, reasons, several=several),
        "rows": [
            {
                "name": state.seen.name,
                "shape": shape_text(state.seen.shape),
                "kind": state.seen.kind,
                "grad": cells.put(start.grad, is_grad=True),
                "value": cells.put(start.value),
                "why": [_link(each) for each in calls.chain(state)],
            }
            for state, start in tensors
        ],
        "moments": [_call(each, places, cells) for each in calls.calls],
    }


def _link(link: ReportLink) -> list[Json]:
    parts = [
        [part.text, [number(x, signed=True) for x in part.numbers], part.times_grad]
        for part in link.parts
    ]
    return [link.call, link.account, *([parts] if parts else [])]


def _head(
    calls: ReportUpdate, update: Update | None, reasons: list[str], *, several: bool
) -> dict[str, Json]:
    head: dict[str, Json] = {
        "title": translated("after the last step"),
        "number": None,
        "reasons": reasons,
    }
    head["order"] = calls.place + 1
    if update is not None:
        head |= {
            "title": title_text(update, with_optimizer=several),
            "number": update.index,
            "optimizer": update.optimizer,
            "loss": loss_text(update),
            "calls": calls_line(update.calls),
            "notes": [*score_lines(update), *note_texts(update)],
            "books": [
                {
                    "label": each.label,
                    "text": f"{each.equation}: {each.result}",
                    "state": each.state,
                    "evidence": list(each.evidence),
                }
                for each in judge_books(update)
            ],
        }
    return head


def _call(call: ReportCall, places: Mapping[AccountState, int], cells: Cells) -> dict[str, Json]:
    return {
        "name": call.name,
        "detail": call.detail,
        "where": literal(call.where),
        "in_step": call.in_step,
        "changes": [
            [
                places[each.state],
                each.account,
                None if each.added is None else cells.put(each.added, signed=True),
                cells.put(each.after, is_grad=each.account == "grad"),
                each.is_new,
            ]
            for each in call.changes
            if each.state in places
        ],
    }


def cell(
    reading: Reading | None, *, signed: bool = False, is_grad: bool = False
) -> tuple[str, str, str]:
    """Return a reading as tone, text and explanation.

    The text has its elements if they are few, else its norm between double bars.
    """
    by_element = (
        reading is not None and reading.values is not None and reading.numel <= _MOST_ELEMENTS
    )
    found = reading_cell(reading, () if by_element else ("norm",), signed=signed, is_grad=is_grad)
    text = "\n".join(found.lines)
    if not by_element and found.tone in ("plain", "nonfinite"):
        text = f"‖{text}‖"
    return found.tone, text, "" if reading is None else _explain(reading)


def _elements(reading: Reading | None, *, signed: bool) -> Iterator[str]:
    """Give the elements as text, where they were kept and are a few."""
    if reading is not None and reading.values is not None and 1 < reading.numel <= MOST_ELEMENTS:
        yield from (number(value, signed=signed) for value in reading.values)


def _explain(reading: Reading) -> str:
    """Return all that was read of a tensor in one line."""
    parts = [f"norm {number(reading.norm)}"]
    if reading.mean == reading.mean or reading.nonfinite:  # else only the norm was kept
        parts.append(f"mean {number(reading.mean)}")
        parts.append(f"min {number(reading.min)}, max {number(reading.max)}")
    if reading.numel:
        parts.append(f"zeros {percent(reading.zeros / reading.numel)}")
    if reading.nonfinite:
        parts.append(f"{reading.nonfinite} of {reading.numel} not finite")
    if reading.values is not None and _MOST_ELEMENTS < reading.numel <= _MOST_TOLD:
        parts.append(f"elements {', '.join(number(value) for value in reading.values)}")
    return translated("; ").join(map(localized, parts))

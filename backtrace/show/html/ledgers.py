"""The chosen updates as plain data: titles, calls, and readings as the terminal writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backtrace.ledger.events import Reading
from backtrace.ledger.trace import Trace
from backtrace.ledger.updates import Update
from backtrace.show.content.calls import calls_line
from backtrace.show.content.cells import literal, number, percent, reading_cell, shape_text
from backtrace.show.content.heading import loss_text, title_text
from backtrace.show.content.verdict import judge_books
from backtrace.show.html.moments import Moment, Stretch, follow

_MOST_ELEMENTS = 3  # that stand in a cell
_MOST_TOLD = 16  # that stand in its explanation

Json = Any


class Cells:
    """The cells of all tables, each once: what a call leaves, the next finds."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str, str], int] = {}

    def put(self, reading: Reading | None, *, signed: bool = False, is_grad: bool = False) -> int:
        """Return the place of a reading's cell."""
        found = cell(reading, signed=signed, is_grad=is_grad)
        return self._places.setdefault(found, len(self._places))

    def to_list(self) -> list[Json]:
        """Return all cells at their places."""
        return [list(found) for found in self._places]


def ledgers_to_list(
    trace: Trace, chosen: Mapping[int, Sequence[str]], count: int, cells: Cells, *, several: bool
) -> list[Json]:
    """Return the chosen updates call by call, and put their cells into `cells`.

    `chosen` has reasons by place, of `count` places; what comes after the last step is one more.
    `several` says that there is more than one optimizer, which then is named.
    """
    updates = trace.updates
    found = []
    for stretch in follow(iter(trace.events), {*chosen, count}):
        is_rest = stretch.place == count
        update = None if is_rest else updates[stretch.place]
        reasons = [] if is_rest else list(chosen[stretch.place])
        found.append(_ledger(stretch, update, reasons, cells, several=several))
    return found


def _ledger(
    stretch: Stretch, update: Update | None, reasons: list[str], cells: Cells, *, several: bool
) -> dict[str, Json]:
    head: dict[str, Json] = {"title": "after the last step", "number": None, "reasons": reasons}
    head["order"] = stretch.place + 1
    if update is not None:
        head |= {
            "title": title_text(update, with_optimizer=several),
            "number": update.index,
            "optimizer": update.optimizer,
            "loss": loss_text(update),
            "calls": calls_line(update.calls),
            "notes": [literal(note) for note in update.notes],
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
    names = list(stretch.start)
    places = {name: at for at, name in enumerate(names)}
    return {
        **head,
        "rows": [
            {
                "name": name,
                "shape": shape_text(tensor.shape),
                "kind": tensor.kind,
                "grad": cells.put(tensor.grad, is_grad=True),
                "value": cells.put(tensor.value),
            }
            for name, tensor in stretch.start.items()
        ],
        "moments": [_moment(each, places, cells) for each in stretch.moments],
    }


def _moment(moment: Moment, places: Mapping[str, int], cells: Cells) -> dict[str, Json]:
    return {
        "name": literal(moment.name),
        "detail": literal(moment.detail),
        "where": literal(moment.where),
        "in_step": moment.in_step,
        "changes": [
            [
                places[each.name],
                each.account,
                None if each.entry is None else cells.put(each.entry, signed=True),
                cells.put(each.after, is_grad=each.account == "grad"),
                each.is_new,
            ]
            for each in moment.changes
            if each.name in places
        ],
    }


def cell(
    reading: Reading | None, *, signed: bool = False, is_grad: bool = False
) -> tuple[str, str, str]:
    """Return a reading as tone, text and explanation: its elements if few, else its norm."""
    by_element = (
        reading is not None and reading.values is not None and reading.numel <= _MOST_ELEMENTS
    )
    found = reading_cell(reading, () if by_element else ("norm",), signed=signed, is_grad=is_grad)
    return found.tone, "\n".join(found.lines), "" if reading is None else _explain(reading)


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
    return "; ".join(parts)

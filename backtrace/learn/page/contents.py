"""What the page of a lesson holds as data: each place of its slider, and how to judge an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite, isinf

from backtrace.explain.derive.parts import Derivation
from backtrace.learn.answers import letters
from backtrace.learn.lesson import Lesson
from backtrace.learn.page.explore import ExploredPlace, ExploredUpdate, explored_params
from backtrace.learn.page.prose_html import inline_html
from backtrace.learn.prose import fill
from backtrace.ledger.updates import Update
from backtrace.show.content.balance import judge_books
from backtrace.show.content.call_line import calls_line
from backtrace.show.content.grid import GridRow, build_grid
from backtrace.show.content.heading import loss_text, title_text
from backtrace.show.text.derivation import derivation_lines

Json = str | int | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]
_MOST_POINTS = 300  # of a loss curve
_UNBROKEN = 10**6  # the browser breaks lines where it must


def page_data(
    lesson: Lesson,
    places: Sequence[ExploredPlace],
    right: float | str,
    numbers: Mapping[str, float],
    texts: Mapping[str, str],
    words: Mapping[str, str],
) -> dict[str, Json]:
    """Return what the page's script reads; `texts` are what prose may name, `words` its own."""
    return {
        "words": words,
        "quantity": lesson.explore.quantity if lesson.explore.keys else "",
        "start": _start(lesson, places),
        "update": getattr(lesson.asked, "update", 1),
        "places": [_place(each, explored_params(lesson)) for each in places],
        "question": {
            "right": right if isinstance(right, str) or isfinite(right) else str(right),
            "written": texts["answer"],
            "tolerance": lesson.tolerance,
            "is_relative": lesson.is_relative,
            "choices": [
                [letter, key, inline_html(text)] for letter, key, text in letters(lesson.choices)
            ],
            "mistakes": [
                [key, numbers.get(key) if isfinite(numbers.get(key, 0.0)) else None, reason]
                for key, text in lesson.mistakes.items()
                for reason in [" ".join(fill(text, texts).split())]
            ],
        },
    }


def _start(lesson: Lesson, places: Sequence[ExploredPlace]) -> int:
    """Return the place of the slider at which the lesson itself is, or else the first."""
    for at in range(len(lesson.explore.to)):
        now = dict(lesson.runs["this"].settings)
        settings = lesson.explore.settings(at)
        if all(now.get(key) == value for key, value in settings.items()):
            return at
    return lesson.explore.start if lesson.explore.start < len(places) else 0


def _place(place: ExploredPlace, params: Sequence[str]) -> dict[str, Json]:
    return {
        "label": place.label,
        "answer": place.answer,
        "numbers": list(place.numbers.items()),
        "loss": _curve(place.losses),
        "ends": [_loss(place.losses[at]) for at in (0, -1)] if place.losses else [],
        "updates": [_update(each, params) for each in place.updates],
    }


def _curve(losses: Sequence[float | None]) -> dict[str, Json]:
    """Return a line over updates; of very many, every so many-th."""
    every = -(-len(losses) // _MOST_POINTS) or 1
    chosen = [(at, loss) for at, loss in enumerate(losses, 1) if at % every == 1 % every]
    numbers = [at for at, _ in chosen]
    return {
        "firsts": numbers,
        "lasts": numbers,
        "hi": [loss if loss is not None and isfinite(loss) else None for _, loss in chosen],
        "marks": "".join(_mark(loss) for _, loss in chosen),
    }


def _mark(loss: float | None) -> str:
    if loss is None:
        return "n"
    return "x" if not isfinite(loss) else "." if loss else "z"


def _loss(loss: float | None) -> Json:
    if loss is None or isfinite(loss):
        return loss
    return "inf" if isinf(loss) else "nan"


def _update(explored: ExploredUpdate, params: Sequence[str]) -> dict[str, Json]:
    update = explored.update
    return {
        "number": update.index,
        "answer": explored.answer,
        "table": _table(update, params),
        "derivation": _derivation(explored.derivation),
    }


def _table(update: Update, params: Sequence[str]) -> dict[str, Json]:
    """Return the table that `backtrace run` prints of an update."""
    grid = build_grid(update, params=params)
    rows = [*grid.rows, *([grid.total] if grid.total else [])]
    return {
        "title": title_text(update),
        "calls": calls_line(update.calls),
        "loss": loss_text(update),
        "columns": [column.text for column in grid.columns],
        "rows": [_row(row) for row in rows],
        "books": [[f"{each.label}: {each.result}", each.state] for each in judge_books(update)],
    }


def _row(row: GridRow) -> list[Json]:
    return [
        row.name,
        row.shape,
        list(row.labels),
        [[cell.tone, list(cell.lines)] for cell in row.cells],
    ]


def _derivation(found: Derivation | None) -> list[Json]:
    """Return each line with its depth and how it is meant."""
    lines = derivation_lines(found, _UNBROKEN, 12) if found else []
    return [
        [len(line.text) - len(line.text.lstrip()), line.tone, line.text.lstrip()] for line in lines
    ]

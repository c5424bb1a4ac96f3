"""The history of a number as Markdown: a table an update, the latest call first."""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.explain.history.number_history import NumberHistory
from backtrace.language import localized, translated
from backtrace.show.content.history_heads import (
    empty_text,
    fact_texts,
    now_text,
    rest_text,
    update_text,
)
from backtrace.show.content.history_rows import HistoryRow, history_rows
from backtrace.show.markdown.markdown import code, escape

_HEADS = ("call", "account", "before", "by", "after", "where")


def history_to_markdown(history: NumberHistory) -> str:
    """Return the history as Markdown."""
    parts = [f"### {escape(localized(now_text(history)))}"]
    parts.append("  \n".join(escape(localized(text)) for text in fact_texts(history)))
    for update in history.updates:
        parts.append(f"**{escape(localized(update_text(update)))}**")
        rows = history_rows(update, history.asked)
        parts.append("\n".join(_table(rows)) if rows else escape(localized(empty_text(history))))
    parts.append(escape(localized(rest_text(history))))
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(rows: list[HistoryRow]) -> Iterator[str]:
    yield f"| {' | '.join(map(translated, _HEADS))} |"
    yield "| --- | --- | ---: | ---: | ---: | --- |"
    for row in rows:
        text = escape(localized(row.text))
        words = f"&nbsp;&nbsp;{text}" if row.is_part else f"← {text}"
        numbers = [escape(each) for each in (row.before, row.by, row.after)]
        account, where = (code(each) if each else "" for each in (row.account, row.where))
        cells = [f"**{words}**" if row.is_bad else words, account, *numbers, where]
        yield f"| {' | '.join(cells)} |"

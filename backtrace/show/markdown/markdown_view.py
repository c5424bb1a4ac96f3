"""`--format md`: the chosen updates as GitHub Markdown."""

from __future__ import annotations

import sys

from backtrace.driver.view import RunPlan, RunResult, View
from backtrace.ledger.updates import Update
from backtrace.show.markdown.findings import findings_to_markdown
from backtrace.show.markdown.markdown import escape, update_to_markdown
from backtrace.show.options import Options
from backtrace.show.progress import Bar
from backtrace.show.text.receipt import receipt_to_markdown
from backtrace.show.text.summary import Tally


class MarkdownView(View):
    """Writes Markdown to stdout as updates end."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._stream = options.stream or sys.stdout
        self._tally = Tally()
        self._waiting: Update | None = None

    def start(self, plan: RunPlan) -> None:
        """Write the heading."""
        self._plan = plan
        self._bar = Bar(plan.header.target, plan.updates, wanted=self._options.stream is None)
        self._write(f"## {escape(plan.header.target)}")
        if plan.header.synthetic:
            self._write(escape(plan.header.synthetic))

    def take_update(self, update: Update) -> None:
        """Write the update if it was chosen."""
        self._tally.take(update)
        self._bar.advance(self._tally.updates)
        self._waiting = update
        if update.index in self._options.selection or not update.is_complete:
            self._write_update(update)

    def finish(self, result: RunResult) -> None:
        """Write the last update, the summary and the verdict."""
        self._bar.end()
        if result.is_excerpt:
            return
        if self._waiting is not None and self._options.selection.has_last:
            self._write_update(self._waiting)
        line = escape(self._tally.line(result.seconds))
        self._write(f"interrupted: {line}" if result.interrupted else line)
        if result.diagnosis is not None:
            self._stream.write(findings_to_markdown(result.diagnosis, notes=self._options.notes))
            self._stream.flush()

    def _write_update(self, update: Update) -> None:
        options = self._options
        self._write(
            update_to_markdown(
                update,
                params=options.params,
                values=options.values,
                by_term=options.by_term,
                limit=options.limit,
                with_optimizer=self._plan.has_several or self._tally.has_several,
            )
        )
        receipts = receipt_to_markdown(update, params=options.params, limit=options.limit)
        if receipts:
            self._write(receipts)
        self._waiting = None

    def _write(self, text: str) -> None:
        self._stream.write(text.rstrip("\n") + "\n\n")
        self._stream.flush()

"""`--format json`: one document on stdout, written as the run goes on.

Its keys are those of `render/document.py`: `header`, `updates[]`, and `interrupted`. No update is
held back until the end, so memory does not grow with the run.
"""

from __future__ import annotations

import sys
from dataclasses import asdict

from backtrace.driver.view import RunPlan, RunResult, View
from backtrace.ledger.name_globs import is_chosen
from backtrace.ledger.updates import Update
from backtrace.printable import json_text
from backtrace.show.json.document import to_json, update_to_dict
from backtrace.show.json.findings import ending_to_dict
from backtrace.show.options import Options
from backtrace.show.progress import Bar


class DocumentView(View):
    """Writes every update, or those that were chosen, into one JSON document."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._stream = options.stream or sys.stdout
        self._count = 0
        self._waiting: Update | None = None

    def start(self, plan: RunPlan) -> None:
        """Open the document."""
        self._bar = Bar(plan.header.target, plan.updates, wanted=self._options.stream is None)
        header = json_text(to_json(asdict(plan.header)))
        self._stream.write(f'{{"header": {header},\n"updates": [')

    def take_update(self, update: Update) -> None:
        """Write the update if it was chosen."""
        self._bar.advance(update.index)
        self._waiting = update
        if update.index in self._options.selection or not update.is_complete:
            self._write(update)

    def finish(self, result: RunResult) -> None:
        """Close the document."""
        self._bar.end()
        if self._waiting is not None and self._options.selection.has_last:
            self._write(self._waiting)
        ending = json_text(ending_to_dict(result))
        self._stream.write(f"\n],\n{ending[1:]}\n")
        self._stream.flush()

    def _write(self, update: Update) -> None:
        document = update_to_dict(update)
        globs = self._options.params
        document["parameters"] = {
            name: row for name, row in document["parameters"].items() if is_chosen(name, globs)
        }
        separator = ",\n" if self._count else "\n"
        self._stream.write(separator + json_text(document))
        self._count += 1
        self._waiting = None

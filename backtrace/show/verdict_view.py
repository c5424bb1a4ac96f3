"""What a run comes to: shown after everything else, or put into the document's end."""

from __future__ import annotations

import sys

from backtrace.diagnose.diagnose import Diagnosis, diagnose
from backtrace.diagnose.history import History
from backtrace.driver.view import Plan, View
from backtrace.ledger.events import Event
from backtrace.ledger.updates import Update
from backtrace.show.json.document_view import DocumentView
from backtrace.show.json.lines import LinesView
from backtrace.show.markdown.markdown_view import MarkdownView
from backtrace.show.options import Options
from backtrace.show.text.findings import findings_table


class VerdictView:
    """Shows a run as another view does, and at its end what the rules say of it.

    `diagnosis` is there once the run is over.
    """

    def __init__(self, view: View, options: Options) -> None:
        self._view = view
        self._options = options
        self._history = History()
        self.diagnosis: Diagnosis | None = None

    def start(self, plan: Plan) -> None:
        """The run is about to begin."""
        self._view.start(plan)

    def take_event(self, event: Event) -> None:
        """Remember what the rules need, and pass it on."""
        self._history.take(event)
        self._view.take_event(event)

    def take_update(self, update: Update) -> None:
        """Pass it on."""
        self._view.take_update(update)

    def finish(self, seconds: float, *, interrupted: bool) -> None:
        """Finish the view, and say what was found."""
        options = self._options
        self.diagnosis = found = diagnose(self._history.stretches(), ignore=options.ignore)
        if isinstance(self._view, DocumentView | LinesView):
            from backtrace.show.json.findings import diagnosis_to_dict

            self._view.ending["diagnosis"] = diagnosis_to_dict(found)
            self._view.finish(seconds, interrupted=interrupted)
            return
        self._view.finish(seconds, interrupted=interrupted)
        if isinstance(self._view, MarkdownView):
            from backtrace.show.markdown.findings import findings_to_markdown

            stream = options.stream or sys.stdout
            stream.write(findings_to_markdown(found, notes=options.notes))
            stream.flush()
        else:
            console = options.console()
            console.print()
            console.print(findings_table(found, notes=options.notes))

"""`--format jsonl`: the header, then every event on a line of its own as it happens."""

from __future__ import annotations

import sys
from dataclasses import asdict

from backtrace.driver.view import RunPlan, RunResult, View
from backtrace.ledger.events import Event
from backtrace.printable import json_text
from backtrace.show.json.document import event_to_dict, to_json
from backtrace.show.json.findings import ending_to_dict
from backtrace.show.options import Options


class LinesView(View):
    """Writes each event; at once where a reader at the other end of a pipe sees the run live."""

    def __init__(self, options: Options, *, is_live: bool = True) -> None:
        # Events are not chosen by update, so the other options do not matter.
        self._is_live = is_live
        self._stream = options.stream or sys.stdout

    def start(self, plan: RunPlan) -> None:
        """Write the header."""
        self._write({"event": "Header", **to_json(asdict(plan.header))})

    def take_event(self, event: Event) -> None:
        """Write the event."""
        self._write(event_to_dict(event))

    def finish(self, result: RunResult) -> None:
        """Write how it ended."""
        self._write({"event": "Finished", "seconds": result.seconds, **ending_to_dict(result)})

    def _write(self, document: dict[str, object]) -> None:
        self._stream.write(json_text(document) + "\n")
        if self._is_live:
            self._stream.flush()

"""`--format jsonl`: the header, then every event on a line of its own as it happens."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from backtrace.driver.view import Plan
from backtrace.ledger.events import Event
from backtrace.ledger.updates import Update
from backtrace.show.json.document import event_to_dict, to_json
from backtrace.show.options import Options


class LinesView:
    """Writes each event at once; a reader at the other end of a pipe sees the run live."""

    def __init__(self, options: Options) -> None:
        # Events are not chosen by update, so the other options do not matter.
        self._stream = options.stream or sys.stdout
        self.ending: dict[str, object] = {}  # what is known only at the end, by its key

    def start(self, plan: Plan) -> None:
        """Write the header."""
        self._write({"event": "Header", **to_json(asdict(plan.header))})

    def take_event(self, event: Event) -> None:
        """Write the event."""
        self._write(event_to_dict(event))

    def take_update(self, update: Update) -> None:
        """Updates can be made from the events by whoever reads them."""

    def finish(self, seconds: float, *, interrupted: bool) -> None:
        """Write how it ended."""
        ended = {"event": "Finished", "seconds": seconds, "interrupted": interrupted}
        self._write({**ended, **self.ending})

    def _write(self, document: dict[str, object]) -> None:
        self._stream.write(json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n")
        self._stream.flush()

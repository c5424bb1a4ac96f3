"""Several views of one run at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backtrace.driver.view import Plan, View
from backtrace.ledger.events import Event
from backtrace.ledger.updates import Update


class Several:
    """Tells each of several views everything, in their order.

    One that fails is told nothing more, and the others go on: a trace is written to its end
    though nobody reads the tables any longer. The end raises what went wrong.
    """

    def __init__(self, *views: View) -> None:
        self._views = list(views)
        self._failure: Exception | None = None

    def start(self, plan: Plan) -> None:
        """Start all views; one that cannot start stops the run."""
        for view in self._views:
            view.start(plan)

    def take_event(self, event: Event) -> None:
        """Hand the event on."""
        self._tell(lambda view: view.take_event(event))

    def take_update(self, update: Update) -> None:
        """Hand the update on."""
        self._tell(lambda view: view.take_update(update))

    def finish(self, seconds: float, *, interrupted: bool) -> None:
        """Finish all views, the first one last; raise what the first that failed raised."""
        self._views.reverse()
        self._tell(lambda view: view.finish(seconds, interrupted=interrupted))
        if self._failure is not None:
            raise self._failure

    def _tell(self, tell: Callable[[View], Any]) -> None:
        for view in tuple(self._views):
            try:
                tell(view)
            except Exception as error:
                self._failure = self._failure or error
                self._views.remove(view)

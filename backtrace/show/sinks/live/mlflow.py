"""MLflow: metrics over the number of the update, findings as tags."""

from __future__ import annotations

import re
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

from backtrace.diagnose.rule import Finding
from backtrace.show.sinks.live.tracker import Points, Tracker

if TYPE_CHECKING:
    from mlflow import MlflowClient

_MOST_METRICS, _LONGEST_NAME, _LONGEST_TAG = 1000, 250, 5000  # in one request; of all stores


class _ActiveRun(NamedTuple):
    """A run's id, and the store that it is in."""

    id: str
    store: str


class MlflowTracker(Tracker[_ActiveRun]):
    """Logs by the run's id, which holds after the run has ended, too."""

    name = "mlflow"
    outlives_run = True

    def __init__(self) -> None:
        self._store = ""
        self._client: MlflowClient | None = None

    def find_run(self) -> _ActiveRun | None:
        """Return the run that is active in this thread, as MLflow has one for each."""
        fluent = sys.modules.get("mlflow.tracking.fluent")
        run = None if fluent is None else fluent.active_run()
        if run is None:
            return None
        return _ActiveRun(run.info.run_id, sys.modules["mlflow"].get_tracking_uri())

    def log(self, run: _ActiveRun, points: Points) -> bool:
        """Log metrics whose step is the number of the update."""
        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        metrics = [
            Metric(_clean(name), value, now, points.update)
            for name, value in points.numbers.items()
        ]
        for first in range(0, len(metrics), _MOST_METRICS):
            batch = metrics[first : first + _MOST_METRICS]
            self._client_of(run).log_batch(run.id, metrics=batch)
        return True

    def tell(self, run: _ActiveRun, update: int, finding: Finding, text: str) -> None:
        """Set the tag of the rule."""
        name = f"backtrace.{finding.code}"
        self._client_of(run).set_tag(run.id, name, text[:_LONGEST_TAG])

    def sum_up(self, run: _ActiveRun, text: str) -> None:
        """Set the tag with the verdict."""
        self._client_of(run).set_tag(run.id, "backtrace.verdict", text[:_LONGEST_TAG])

    def _client_of(self, run: _ActiveRun) -> MlflowClient:
        if self._client is None or self._store != run.store:
            from mlflow import MlflowClient

            self._client, self._store = MlflowClient(run.store), run.store
        return self._client


def _clean(name: str) -> str:
    """Return a name that every store takes: `layers[0].weight` has brackets, which none does."""
    return re.sub(r"[^\w. /-]", "_", name, flags=re.ASCII)[:_LONGEST_NAME]

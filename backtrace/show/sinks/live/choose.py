"""Which trackers there are, by the names that `--log` and `record(log=…)` take."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import TextIO

from backtrace.driver.view import View
from backtrace.errors import UsageError
from backtrace.show.sinks.live.live_view import LiveView
from backtrace.show.sinks.live.series import Series

_TRACKERS = {
    "wandb": "WandbTracker",
    "mlflow": "MlflowTracker",
    "tensorboard": "TensorBoardTracker",
    "trackio": "TrackioTracker",
}


def live_views(
    names: Iterable[str], params: tuple[str, ...] = (), say: Callable[[str], None] | None = None
) -> Iterator[View]:
    """Yield what logs to each tracker; `say` tells what went wrong, on stderr by default.

    Raises:
        UsageError: there is no tracker of that name, or it is not installed.
    """
    for name in dict.fromkeys(names):
        if name not in _TRACKERS:
            known = ", ".join(_TRACKERS)
            raise UsageError(f"--log {name}: there is no such tracker; there are {known}")
        if name not in sys.modules and find_spec(name) is None:
            raise UsageError(
                f"--log {name}: {name} is not installed:\n    pip install 'torch-backtrace[{name}]'"
            )
        module = import_module(f"backtrace.show.sinks.live.{name}")
        yield LiveView(getattr(module, _TRACKERS[name])(), Series(params), _said_of(name, say))


def _said_of(name: str, say: Callable[[str], None] | None) -> Callable[[str], None]:
    def tell(text: str) -> None:
        told = f"backtrace: --log {name}: {text}"
        if say is not None:
            say(told)
            return
        stream: TextIO | None = sys.stderr
        if stream is not None:
            stream.write(f"{told}\n")

    return tell

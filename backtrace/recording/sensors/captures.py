"""`torch.export`: while it captures a model, nothing of ours is on modules' calls.

Strict export has Dynamo follow the call of the model, and a global hook on it leads it astray.
"""

from __future__ import annotations

from typing import Any

import torch

from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.nesting import Nesting
from backtrace.recording.hooks.patches import Original
from backtrace.recording.journal import Journal

_CAPTURING = ("export", "export_for_training", "draft_export")  # some in some versions of torch


class CaptureSensor:
    """Takes the hooks on calls off and puts them on again; the trace says that it looked away."""

    def __init__(self, instrument: Instrument, journal: Journal) -> None:
        self._patches = instrument.patches
        self._hooks = instrument.hooks
        self._notify = instrument.boundary.notify
        self._journal = journal
        self._nesting = Nesting()

    def install(self) -> None:
        """Wrap what captures."""
        for name in _CAPTURING:
            self._patches.wrap(torch.export, name, self._around)

    @skip_in_warning_stacklevel
    def _around(self, original: Original, *args: Any, **kwargs: Any) -> Any:
        with self._nesting as is_outermost:
            if not is_outermost:
                return original(*args, **kwargs)
            self._notify("torch.export", self._look_away)
            try:
                return original(*args, **kwargs)
            finally:
                self._notify("torch.export", self._hooks.resume)

    def _look_away(self) -> None:
        self._hooks.pause()
        reason = "its graph must hold nothing of ours"
        self._journal.report_failure("what torch.export runs", reason)

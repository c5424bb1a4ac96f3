"""The tools with which sensors change torch: put on together, paused, and undone together."""

from __future__ import annotations

from collections.abc import Callable

from backtrace.recording.hooks.error_boundary import ErrorBoundary, ReportFailure
from backtrace.recording.hooks.global_hooks import GlobalHooks
from backtrace.recording.hooks.leaf_hooks import LeafHooks
from backtrace.recording.hooks.patches import Patches


class Instrument:
    """What a sensor installs itself with.

    Attributes:
        boundary: calls our own code, and keeps what it raises from the user's.
        patches: wraps functions and methods of torch.
        hooks: torch's own global hooks.
        leaves: the hooks on leaf tensors.
        switches: called with whether forwards are followed: not in a pause, nor in a derivative.
    """

    def __init__(
        self, report_failure: ReportFailure, used_elsewhere: Callable[[object], None]
    ) -> None:
        self.boundary = ErrorBoundary(report_failure)
        self.patches = Patches(self.boundary, used_elsewhere)
        self.hooks = GlobalHooks(self.boundary, self.patches)
        self.leaves = LeafHooks(self.boundary)
        self.switches: list[Callable[[bool], None]] = []

    def open(self) -> None:
        """Begin: sensors may install themselves."""
        self.boundary.open()
        self.patches.on_close(self.leaves.remove_all)

    def pause(self) -> None:
        """Take off what costs time; steps are still told, and what works while paused."""
        self.boundary.is_reading = False
        self.hooks.pause()
        self.leaves.remove_all()
        self.switch(on=False)

    def resume(self) -> None:
        """Put it on again, but for the leaves, which have to be followed anew."""
        self.boundary.is_reading = True
        self.hooks.resume()
        self.switch(on=True)

    def close(self) -> None:
        """Leave torch as it was."""
        try:
            self.boundary.close()
            self.patches.close()
        except BaseException:  # a handler of the program's, that a signal came for meanwhile
            self.boundary.close()
            self.patches.close()
            raise

    def switch(self, *, on: bool) -> None:
        """Tell all who follow forwards to begin again, or to leave off."""
        for switch in self.switches:
            self.boundary.shield("forward", switch)(on)  # it is the program's call that ends here

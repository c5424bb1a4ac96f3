"""In which line a module was put into training or evaluation mode: wraps `nn.Module.train`.

`eval` calls it, and so does what a class of the user's puts in its place, as a rule.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from torch import nn

from backtrace.recording.frames import find_caller
from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.nesting import Nesting
from backtrace.recording.hooks.patches import Original
from backtrace.recording.weak_keys import weak_keys


class ModeSensor:
    """Knows the last such line of each module; a call goes through all parts, each of which has it.

    Like whatever looks at a model's calls it must be quick: the line is looked up once a call.
    """

    def __init__(self, instrument: Instrument) -> None:
        self._patches = instrument.patches
        self._notify = instrument.boundary.notify
        self._lines: MutableMapping[nn.Module, str] = weak_keys()
        self._nesting = Nesting()
        self._line = ""

    def install(self) -> None:
        """Wrap the method."""
        self._patches.wrap(nn.Module, "train", self._around)

    def line_of(self, module: nn.Module) -> str:
        """Return where a module's mode was set last, '' where that was not seen."""
        return self._lines.get(module, "")

    @skip_in_warning_stacklevel
    def _around(self, original: Original, module: Any, *args: object, **kwargs: object) -> Any:
        with self._nesting as is_outermost:
            if is_outermost:
                self._notify("Module.train", self._began)
            self._lines[module] = self._line
            return original(module, *args, **kwargs)

    def _began(self) -> None:
        self._line = find_caller()

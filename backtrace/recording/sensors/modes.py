"""In which line a module was put into training or evaluation mode: wraps `nn.Module.train`.

`eval` calls it, and so does what a class of the user's puts in its place, as a rule. Whoever calls
`train` with what is False says something else than who calls `eval`: train, and so.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import MutableMapping
from types import FrameType
from typing import Any

from torch import nn

from backtrace.as_data import is_a
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.frames import find_caller, find_line_above, is_users
from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.nesting import Nesting
from backtrace.recording.hooks.patches import Original
from backtrace.recording.sensors.late_freezes import LateFreezes
from backtrace.recording.weak_keys import weak_keys

# What a function that only sets modes calls or names: the line that calls it is who means it.
_OF_MODES = frozenset({"train", "eval", "values", "items", "modules", "children", "ValueError"})
_UNSEEN: dict[str, Any] = {"mode_set": "", "mode_chosen": False}


class ModeSensor:
    """Knows the last such line of each module; a call goes through all parts, each of which has it.

    Like whatever looks at a model's calls it must be quick: the line is looked up once a call.
    """

    def __init__(self, instrument: Instrument, accounts: TensorAccounts) -> None:
        self.freezes = LateFreezes(accounts)
        self._patches = instrument.patches
        self._notify = instrument.boundary.notify
        self._settings: MutableMapping[nn.Module, dict[str, Any]] = weak_keys()
        self._ended: MutableMapping[nn.Module, str] = weak_keys()
        # Modules that a library put to rest, each with the whole that it called `eval` of.
        self._rested: MutableMapping[nn.Module, weakref.ref[nn.Module]] = weak_keys()
        self._nesting = Nesting()
        self._line = ""
        self._is_by_eval = False
        self._is_by_own = False  # a `train` of the user's, that no `eval` called
        self._whole: weakref.ref[nn.Module] | None = None  # that a library calls `eval` of

    def install(self) -> None:
        """Wrap the method."""
        self._patches.wrap(nn.Module, "train", self._around)

    def setting_of(self, module: nn.Module) -> dict[str, Any]:
        """Return where a module's mode was set last, and whether `train` ended its training mode.

        They are `mode_set`, '' where that was not seen, and `mode_chosen`, as ForwardRan has them.
        Asked when a model was called: no `train` is under way, and what it froze can be told.
        """
        if self.freezes.begun:
            self.freezes.look()
        return self._settings.get(module, _UNSEEN)

    def end_of_training(self, module: nn.Module) -> str:
        """Return the line that took a module out of training mode last; '' where none was seen."""
        return self._ended.get(module, "")

    def rested_with(self, module: nn.Module) -> nn.Module | None:
        """Return the whole that a library put to rest with a module in it, if nobody else did."""
        whole = self._rested.get(module)
        return whole() if whole is not None else None

    @skip_in_warning_stacklevel
    def _around(self, original: Original, module: Any, *args: object, **kwargs: object) -> Any:
        with self._nesting as is_outermost:
            if is_outermost:
                self._notify("Module.train", self._began, module)
            is_chosen, before, line = False, self._settings.get(module), self._line
            if kwargs.get("mode", *args[:1]) is False:
                was_training = object.__getattribute__(module, "__dict__").get("training") is True
                if before is None and self._is_by_eval:
                    self._notify("eval", self.freezes.rests_at_first, module, self._line)
                was_chosen = (before or _UNSEEN)["mode_chosen"]
                is_set = was_training or self._is_by_own
                is_chosen = not self._is_by_eval if is_set else was_chosen
                if was_training:
                    self._ended[module] = self._line
                elif self._whole is not None and before is not None:
                    line = before["mode_set"]  # it rested already, before a library's own eval()
                self._rest(module, was_training=was_training)
            self._settings[module] = {"mode_set": line, "mode_chosen": is_chosen}
            return original(module, *args, **kwargs)

    def _rest(self, module: nn.Module, *, was_training: bool) -> None:
        """A module is put into evaluation mode: by a library, or by somebody who means it."""
        if self._whole is None:
            self._rested.pop(module, None)
        elif was_training:
            self._rested[module] = self._whole

    def _began(self, module: nn.Module) -> None:
        frame = _find_above(sys._getframe(1))
        self._line = find_caller() if frame is None else find_line_above(frame)
        if (helper := _find_helper(frame or sys._getframe(1))) is not None:
            self._line = find_line_above(helper)
        self._is_by_eval = _is_in_eval(frame or sys._getframe(1))
        self._is_by_own = frame is not None and not self._is_by_eval
        is_library = frame is None and self._is_by_eval and _is_library(sys._getframe(1))
        self._whole = weakref.ref(module) if is_library else None


def _find_above(frame: FrameType | None) -> FrameType | None:
    """Return who called a `train` that a class of the user's has put in the place of torch's.

    None where it is torch's own that was called.
    """
    above = None
    while frame is not None:
        if is_users(frame.f_code):
            is_own = frame.f_code.co_name == "train"
            if not is_own or not is_a(frame.f_locals.get("self"), nn.Module):
                break
            above = frame.f_back
        frame = frame.f_back
    return above


def _find_helper(frame: FrameType | None) -> FrameType | None:
    """Return who called the function of the user's that sets a mode, if it does nothing else."""
    while frame is not None and not is_users(frame.f_code):
        frame = frame.f_back
    above = None
    while frame is not None and _sets_modes_alone(frame):
        frame = above = frame.f_back
    return above if above is not None and is_users(above.f_code) else None


def _sets_modes_alone(frame: FrameType) -> bool:
    code = frame.f_code
    is_method = bool(code.co_varnames) and code.co_varnames[0] == "self"
    has_arguments = code.co_argcount > 0 and not is_method
    if not has_arguments or "freez" in code.co_name:  # a freeze is looked for where it is written
        return False
    return is_users(code) and _OF_MODES.issuperset(code.co_names)


def _is_in_eval(frame: FrameType) -> bool:
    """Whether the innermost function of the user's, or one that it calls, is named `eval`."""
    while frame.f_code.co_name != "eval":
        if frame.f_back is None or is_users(frame.f_code):
            return False
        frame = frame.f_back
    return True


def _is_library(frame: FrameType | None) -> bool:
    """Whether it is no line of the user's that called the innermost `eval`."""
    while frame is not None and frame.f_code.co_name != "eval":
        frame = frame.f_back
    while frame is not None and frame.f_code.co_name in ("eval", "train"):
        frame = frame.f_back
    return frame is not None and not is_users(frame.f_code)

"""Sets an option of optimizers while they step: momentum, weight decay, betas, anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, ClassVar

from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from torch.optim import Optimizer

    from backtrace.steer.controls import Controls

OPTION_KEY = re.compile(r"(?P<who>.+?)(?:\.groups\[(?P<group>\d+)\])?\.(?P<option>[a-z]\w*)")
_WORDS: dict[str, object] = {"true": True, "false": False, "none": None, "null": None}


class OptimizerOption(Experiment):
    """Sets an option of parameter groups around each step, and puts it back after it.

    The loop's own schedule goes on as it would: `0.1x` is a share of what it says for that step.
    """

    key = "optimizer.OPTION"
    takes = "0.9, 0.1x of what it is, (0.9, 0.99), true, none"
    does = "An option of optimizers (momentum, weight_decay, betas, eps …) in each step."
    done = "it was another in {times} steps"
    never = "no optimizer that is meant stepped, so there was nothing to change"
    preset: ClassVar[str] = ""  # the key that an experiment of one option stands for

    def __init__(self, value: str = "", key: str = "") -> None:
        match = OPTION_KEY.fullmatch(self.preset or key)
        found = match.groupdict() if match else {}
        self._who: str = found.get("who", "")
        self._group: str | None = found.get("group")
        self.option: str = found.get("option", "")
        super().__init__(value, key)

    def read(self) -> None:
        """Read a number, a factor, a word, or several numbers."""
        text = self.value
        self._factor = self.read_number(text[:-1]) if re.fullmatch(r"[^(]*\dx", text) else None
        if self._factor is not None:
            return
        if text.lower() in _WORDS:
            self._wanted: object = _WORDS[text.lower()]
        elif "," in text or text.startswith("("):
            parts = text.strip("()").split(",")
            self._wanted = tuple(self.read_number(part) for part in parts if part.strip())
        else:
            self._wanted = self.read_number(text)

    def install(self, controls: Controls) -> None:
        """Set it before each step, and put it back after it."""
        kept: list[tuple[dict[str, Any], object]] = []
        self.reason = self.never

        def restore(optimizer: object = None) -> None:
            while kept:
                group, before = kept.pop()
                group[self.option] = before

        def change(optimizer: Optimizer) -> None:
            restore()
            told = []
            for number, group in self._groups(controls, optimizer):
                if self.option not in group:
                    known = ", ".join(key for key in group if key != "params")
                    kind = type(optimizer).__name__
                    controls.fail(f"{kind} has no option {self.option}; it has {known}")
                    return
                before = group[self.option]
                group[self.option] = after = self._find_value(before)
                kept.append((group, before))
                if _plain(after) != _plain(before):
                    told.append(f"groups[{number}] {_plain(before)} → {_plain(after)}")
            name = controls.register.name_of(optimizer)
            if told:
                controls.note(f"{name}.{self.option}: {', '.join(told)}")
            elif kept:
                self.reason = f"{self.option} was {self.value} already in every step"

        controls.around_step(change, restore)
        controls.patches.on_close(restore)

    def describe(self, times: int) -> str:
        """Say in how many steps it was another."""
        if not times:
            return self.reason
        return f"{self.option} was another in {times} {'step' if times == 1 else 'steps'}"

    def _groups(
        self, controls: Controls, optimizer: Optimizer
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        """Go through the groups that are meant."""
        names = (controls.register.name_of(optimizer), type(optimizer).__name__)
        if self._who != "optimizer" and not any(_means(self._who, name) for name in names):
            return
        for number, group in enumerate(optimizer.param_groups):
            if self._group is None or int(self._group) == number:
                yield number, group

    def _find_value(self, before: Any) -> Any:
        if self._factor is not None:
            if isinstance(before, tuple | list):
                return tuple(each * self._factor for each in before)
            return before * self._factor
        wanted = self._wanted
        is_whole = isinstance(wanted, float) and wanted.is_integer()
        if is_whole and isinstance(before, int) and not isinstance(before, bool):
            return int(self.value)
        return wanted


def _means(pattern: str, name: str) -> bool:
    """Whether a name is meant: `optimizer[1]` by itself, or by a glob."""
    return pattern == name or fnmatchcase(name, pattern)


def _plain(value: Any) -> object:
    """Return a number that compares with one and is shown as one, of a rate that is a tensor."""
    if hasattr(value, "item") and value.numel() == 1:
        return value.item()
    return tuple(value) if isinstance(value, list) else value

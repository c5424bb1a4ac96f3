"""What the page of a lesson lets its reader move: keys of the config, or the update."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from pydantic import Field

from backtrace.learn.forms.form import LessonForm, LessonMistake
from backtrace.printable import json_text


class Exploration(LessonForm):
    """Keys of the config that a slider moves `to` values, one training a value.

    Without `change` the slider goes over the updates of the lesson's run alone. `set` makes the
    trainings of the page other than the lesson's, such as longer; `updates` are those whose tables
    and derivations are there. The slider begins where the lesson is, or else at place `start`.
    """

    example: ClassVar[str] = "{change: optimizer.lr, to: [0.01, 0.1, 1.0]}"
    change: str | list[str] = ""
    to: list[object] = Field(default_factory=list)
    labels: list[str] = Field(default_factory=list)
    set: Mapping[str, object] = Field(default_factory=dict)
    updates: str | int = "1-4"
    params: Sequence[str] = ()
    derive: str = ""
    start: int = Field(default=0, ge=0)

    @property
    def keys(self) -> list[str]:
        """The keys that are moved; none where it is the update."""
        return [self.change] * bool(self.change) if isinstance(self.change, str) else self.change

    @property
    def quantity(self) -> str:
        """What the slider moves, in words."""
        return ", ".join(self.keys) or "update"

    def settings(self, at: int) -> dict[str, str]:
        """Return the keys at one place of the slider with their values, as after `--set`.

        Raises:
            LessonMistake: there is not one value for each key.
        """
        value = self.to[at]
        values = [value] if isinstance(self.change, str) else value
        if not isinstance(values, list) or len(values) != len(self.keys):
            hint = f"one for each key of `change`: {len(self.keys)}"
            raise LessonMistake(["to", str(at)], "not as many values as keys", hint)
        return {key: json_text(each) for key, each in zip(self.keys, values, strict=True)}

    def label(self, at: int) -> str:
        """Return what a place of the slider is called."""
        if at < len(self.labels):
            return self.labels[at]
        return " · ".join(_plain(value) for value in self.settings(at).values())


def _plain(value: str) -> str:
    """Return a value without the brackets around a single number, or the quotes around a word."""
    return value.strip('[]"') if "," not in value and ":" not in value else value

"""What a number of a lesson is: something that is read of its runs, or computed from others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import nan
from typing import TYPE_CHECKING, Literal

from backtrace.learn.forms.form import LessonForm, LessonMistake
from backtrace.ledger.events import Reading

if TYPE_CHECKING:
    from backtrace.learn.runs import LessonRuns

Take = Literal["norm", "mean", "min", "max", "sum", "largest", "zeros"]
ByName = Callable[[str], float]

_TAKES: dict[str, Callable[[Reading], float]] = {
    "norm": lambda reading: reading.norm,
    "mean": lambda reading: reading.mean,
    "min": lambda reading: reading.min,
    "max": lambda reading: reading.max,
    "sum": lambda reading: reading.mean * reading.numel,
    "largest": lambda reading: max(abs(reading.min), abs(reading.max)),
    "zeros": lambda reading: reading.zeros,
}


class Number(LessonForm):
    """A number of a lesson; `run` names the run that it is read of."""

    run: str = "this"

    def compute(self, runs: LessonRuns, by_name: ByName) -> float:
        """Return the number; `by_name` gives those that the lesson names.

        Raises:
            LessonMistake: the run has nothing of that kind.
        """
        raise NotImplementedError


class ElementNumber(Number):
    """One number of a tensor: the element `at` an index, or what is to `take` of all of them."""

    at: int | list[int] | None = None
    take: Take | None = None

    def of(self, reading: Reading | None, what: str) -> float:
        """Return the number that is asked for.

        Raises:
            LessonMistake: there is no such reading or element, or it is not said which is meant.
        """
        if reading is None:
            hint = "ask for it with `state`, which knows None, or of another update"
            raise LessonMistake([], f"{what} is None in this run, which is no number", hint)
        if self.take is not None:
            return _TAKES[self.take](reading)
        if self.at is None and reading.numel > 1:
            found = f"{what} has {reading.numel} elements, of shape {reading.shape}"
            raise LessonMistake([], found, f"say which: `at: 0`, or `take: {'|'.join(_TAKES)}`")
        index = self._index(reading.shape)
        if reading.values is None:
            hint = f"`values: {reading.numel}` in the lesson keeps them"
            raise LessonMistake(["at"], f"the elements of {what} were not kept", hint)
        return reading.values[index] if reading.values else nan

    def _index(self, shape: Sequence[int]) -> int:
        if self.at is None:
            return 0
        indices = self.at if isinstance(self.at, list) else [self.at]
        size = 1
        for length in shape:
            size *= length
        sizes = [size] if len(indices) == 1 else list(shape)
        if len(indices) != len(sizes) or any(
            not 0 <= at < length for at, length in zip(indices, sizes, strict=False)
        ):
            hint = f"its shape is {tuple(shape)}, and counting begins at 0"
            raise LessonMistake(["at"], "no element of that index", hint)
        flat = 0
        for at, length in zip(indices, sizes, strict=True):
            flat = flat * length + at
        return flat

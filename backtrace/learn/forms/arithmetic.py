"""Numbers that are computed from other numbers of the lesson, or from plain ones."""

from __future__ import annotations

from math import hypot, prod
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from backtrace.learn.forms.form import LessonMistake
from backtrace.learn.forms.number import ByName, Number

if TYPE_CHECKING:
    from backtrace.learn.runs import LessonRuns

Operand = str | float | int


def _values(operands: list[Operand], by_name: ByName) -> list[float]:
    return [by_name(each) if isinstance(each, str) else float(each) for each in operands]


class SumNumber(Number):
    """The sum of numbers."""

    example: ClassVar[str] = "{sum: [first, second]}"
    sum: list[Operand] = Field(min_length=1)

    def compute(self, runs: LessonRuns, by_name: ByName) -> float:
        """Return the sum."""
        return sum(_values(self.sum, by_name))


class MinusNumber(Number):
    """The first of two numbers less the second."""

    example: ClassVar[str] = "{minus: [first, second]}"
    minus: list[Operand] = Field(min_length=2, max_length=2)

    def compute(self, runs: LessonRuns, by_name: ByName) -> float:
        """Return the difference."""
        first, second = _values(self.minus, by_name)
        return first - second


class TimesNumber(Number):
    """The product of numbers."""

    example: ClassVar[str] = "{times: [rate, slope]}"
    times: list[Operand] = Field(min_length=1)

    def compute(self, runs: LessonRuns, by_name: ByName) -> float:
        """Return the product."""
        return prod(_values(self.times, by_name))


class RatioNumber(Number):
    """The first of two numbers divided by the second."""

    example: ClassVar[str] = "{ratio: [first, second]}"
    ratio: list[Operand] = Field(min_length=2, max_length=2)

    def compute(self, runs: LessonRuns, by_name: ByName) -> float:
        """Return the quotient."""
        first, second = _values(self.ratio, by_name)
        if second == 0:
            raise LessonMistake(["ratio"], "the second number is 0, and nothing divides by that")
        return first / second


class LengthNumber(Number):
    """The length of numbers taken together, as a norm is: the root of the sum of their squares."""

    example: ClassVar[str] = "{length: [weight, bias]}"
    length: list[Operand] = Field(min_length=1)

    def compute(self, runs: LessonRuns, by_name: ByName) -> float:
        """Return the Euclidean norm."""
        return hypot(*_values(self.length, by_name))

"""Numbers that are read of one tensor in one update: a gradient, a value, what changed it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from backtrace.learn.forms.form import LessonMistake, pick
from backtrace.learn.forms.number import ByName, ElementNumber
from backtrace.ledger.events import Reading
from backtrace.ledger.updates import Row

if TYPE_CHECKING:
    from backtrace.learn.runs import LessonRuns, PlayedRun

When = Literal["before", "after"]


class UpdateNumber(ElementNumber):
    """Something of one update, the first unless it is said."""

    update: int = Field(default=1, ge=1)

    def row(self, played: PlayedRun, name: str, key: str) -> Row:
        """Return both accounts of a tensor over the update.

        Raises:
            LessonMistake: there is no such update, or no such tensor.
        """
        rows = played.update(self.update).rows
        return rows[pick(rows, name, key, "tensor")]


def read_grad(
    played: PlayedRun, row: Row, update: int, when: When, backward: int
) -> Reading | None:
    """Return a gradient before the first backward of an update, after one of them, or at the step.

    Raises:
        LessonMistake: there was no such backward.
    """
    if backward:
        entry = played.backward(update, backward).grads.get(row.name)
        return entry.after if entry is not None else row.grad_before
    return row.grad_before if when == "before" else row.grad_after


class GradNumber(UpdateNumber):
    """`.grad` of a tensor: before the first backward, after backward N, or as `step` read it."""

    example: ClassVar[str] = "{grad: fc.weight, update: 2}"
    grad: str
    when: When = "after"
    backward: int = Field(default=0, ge=0)

    def compute(self, runs: LessonRuns, by_name: ByName) -> float:
        """Return it as the backward or the step saw it."""
        played = runs.play(self.run)
        row = self.row(played, self.grad, "grad")
        found = read_grad(played, row, self.update, self.when, self.backward)
        return self.of(found, f".grad of {self.grad}")


class AddedNumber(UpdateNumber):
    """What a backward added to `.grad`, or what one term of the loss did of that."""

    example: ClassVar[str] = "{added: fc.weight, update: 2, backward: 1}"
    added: str
    backward: int = Field(default=1, ge=1)
    term: str | None = None

    def compute(self, runs: LessonRuns, by_name: ByName) -> float:
        """Return it as the hook on the tensor saw it."""
        row = self.row(runs.play(self.run), self.added, "added")
        entries = row.added
        if self.term is not None:
            entries = row.terms[pick(row.terms, self.term, "term", "term of the loss")]
        if self.backward > len(entries):
            hint = f"update {self.update} has {len(entries)} backwards since the last clearing"
            raise LessonMistake(["backward"], "no such backward", hint)
        return self.of(entries[self.backward - 1], f"what it added to {self.added}")


class ChangeNumber(UpdateNumber):
    """What `step` changed a value by, or one term of its receipt."""

    example: ClassVar[str] = "{change: fc.weight, update: 2, term: momentum}"
    change: str
    term: str | None = None

    def compute(self, runs: LessonRuns, by_name: ByName) -> float:
        """Return the difference of both values, or the term by the optimizer's formula."""
        row = self.row(runs.play(self.run), self.change, "change")
        if self.term is None:
            return self.of(row.change, f"the change of {self.change}")
        terms = row.receipt.terms if row.receipt is not None else {}
        term = terms[pick(terms, self.term, "term", "term of the receipt")]
        if self.take == "norm" or term.values is None:
            return term.norm
        return term.values[self._index(row.shape)]


class ValueNumber(UpdateNumber):
    """The value of a parameter, or of an input with a gradient, before or after the step."""

    example: ClassVar[str] = "{value: fc.weight, when: before}"
    value: str
    when: When = "after"

    def compute(self, runs: LessonRuns, by_name: ByName) -> float:
        """Return it as it was read."""
        row = self.row(runs.play(self.run), self.value, "value")
        found = row.value_before if self.when == "before" else row.value_after
        return self.of(found, f"the value of {self.value}")


class OutputNumber(ElementNumber):
    """The model's output as a loss function was given it, in the update of that number."""

    example: ClassVar[str] = "{output: 1, at: 0}"
    output: int = Field(ge=1)

    def compute(self, runs: LessonRuns, by_name: ByName) -> float:
        """Return what the first loss function of the update was called on."""
        return self.of(runs.play(self.run).scored(self.output, "output").output, "the output")


class TargetNumber(ElementNumber):
    """The target as a loss function was given it, in the update of that number."""

    example: ClassVar[str] = "{target: 1, at: 0}"
    target: int = Field(ge=1)

    def compute(self, runs: LessonRuns, by_name: ByName) -> float:
        """Return what the first loss function of the update held the output against."""
        return self.of(runs.play(self.run).scored(self.target, "target").target, "the target")


class DifferenceNumber(UpdateNumber):
    """The value (or gradient) of a parameter in this run less that in another, per element."""

    example: ClassVar[str] = "{difference: fc.bias, to: other, update: 3, take: largest}"
    difference: str
    to: str
    account: Literal["value", "grad"] = "value"

    def compute(self, runs: LessonRuns, by_name: ByName) -> float:
        """Return what is to be taken of the elements' differences: the sum, the largest …"""
        pick(runs.lesson.runs, self.to, "to", "run")
        readings = []
        for name in (self.run, self.to):
            row = self.row(runs.play(name), self.difference, "difference")
            readings.append(row.grad_after if self.account == "grad" else row.value_after)
        one, other = readings
        if one is None or other is None or one.values is None or other.values is None:
            hint = "a larger `values` in the lesson keeps more elements"
            raise LessonMistake([], "not all elements of both are there", hint)
        values = tuple(a - b for a, b in zip(one.values, other.values, strict=True))
        mean = sum(values) / len(values)
        norm = sum(value * value for value in values) ** 0.5
        zeros = sum(value == 0 for value in values)
        reading = Reading(
            one.shape, one.dtype, norm, mean, min(values), max(values), zeros, 0, values
        )
        return self.of(reading, f"the difference of {self.difference}")

"""What may be asked beside a number: a choice, whose right answer the run decides."""

from __future__ import annotations

from collections.abc import Sequence
from math import isclose
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from backtrace.learn.forms.form import LessonForm, LessonMistake, pick
from backtrace.learn.forms.number import ByName
from backtrace.learn.forms.readings import When, read_grad
from backtrace.show.content.cells import is_zero

if TYPE_CHECKING:
    from backtrace.learn.runs import LessonRuns

SAME = "same"  # the choice that neither of two numbers is the larger


class Choice(LessonForm):
    """A question with a few possible answers; `run` names the run that decides it."""

    run: str = "this"

    def decide(self, runs: LessonRuns, by_name: ByName, keys: Sequence[str]) -> str:
        """Return the key of the right choice, of those that the lesson offers or another.

        Raises:
            LessonMistake: the run has nothing that decides it.
        """
        raise NotImplementedError


class StateChoice(Choice):
    """Whether a `.grad` is `None`, `zeros` or `numbers`: the keys of the choices."""

    example: ClassVar[str] = "{state: fc.weight, when: before}"
    state: str
    update: int = Field(default=1, ge=1)
    when: When = "after"
    backward: int = Field(default=0, ge=0)

    def decide(self, runs: LessonRuns, by_name: ByName, keys: Sequence[str]) -> str:
        """Return what the reading is."""
        played = runs.play(self.run)
        rows = played.update(self.update).rows
        row = rows[pick(rows, self.state, "state", "tensor")]
        found = read_grad(played, row, self.update, self.when, self.backward)
        if found is None:
            return "None"
        return "zeros" if is_zero(found) else "numbers"


class LargestChoice(Choice):
    """Which of the numbers that the choices are named after is the largest in size, or `same`."""

    example: ClassVar[str] = "{largest: [first, second]}"
    largest: list[str] = Field(min_length=2)

    def decide(self, runs: LessonRuns, by_name: ByName, keys: Sequence[str]) -> str:
        """Return the name of the number whose absolute value is the largest."""
        sizes = {name: abs(by_name(name)) for name in self.largest}
        first, second, *_ = sorted(sizes.values(), reverse=True)
        return SAME if isclose(first, second, rel_tol=1e-6) else max(sizes, key=sizes.__getitem__)


class BandChoice(Choice):
    """Between which limits a number lies: the choices stand in order, one more than the limits."""

    example: ClassVar[str] = "{band: ratio, limits: [0.1, 10]}"
    band: str
    limits: list[float | int] = Field(min_length=1)

    def decide(self, runs: LessonRuns, by_name: ByName, keys: Sequence[str]) -> str:
        """Return the choice that belongs to the number."""
        if len(keys) != len(self.limits) + 1:
            hint = f"{len(self.limits)} limits make {len(self.limits) + 1} choices"
            raise LessonMistake(["limits"], f"there are {len(keys)} choices", hint)
        value = by_name(self.band)
        return keys[sum(value >= limit for limit in self.limits)]


class IdenticalChoice(Choice):
    """Whether two runs have the same `bits`, are the same within `rounding`, or `differ`."""

    example: ClassVar[str] = "{identical: other}"
    identical: str

    def decide(self, runs: LessonRuns, by_name: ByName, keys: Sequence[str]) -> str:
        """Return what a comparison of all gradients and values comes to."""
        pick(runs.lesson.runs, self.identical, "identical", "run")
        if runs.compare(self.run, self.identical, exact=True).first is None:
            return "bits"
        beyond = runs.compare(self.run, self.identical).beyond
        return "rounding" if beyond is None else "differ"


class CensusChoice(Choice):
    """What became of a tensor over the whole run: a class of the census."""

    example: ClassVar[str] = "{census: fc.weight}"
    census: str

    def decide(self, runs: LessonRuns, by_name: ByName, keys: Sequence[str]) -> str:
        """Return the name of the class, such as `learned`."""
        census = runs.play(self.run).diagnosis.census
        cells = {each.name: each.cell.name for each in census.tensors} if census else {}
        return cells[pick(cells, self.census, "census", "tensor")]


class FindingChoice(Choice):
    """Which rule finds something first of all, by its code, or `nothing`."""

    example: ClassVar[str] = "{finding: first}"
    finding: Literal["first"]

    def decide(self, runs: LessonRuns, by_name: ByName, keys: Sequence[str]) -> str:
        """Return the code of the first error or warning."""
        alarms = runs.play(self.run).diagnosis.alarms
        return alarms[0].code if alarms else "nothing"


class MissingChoice(Choice):
    """Why a tensor has no gradient: a reason of `backtrace graph`."""

    example: ClassVar[str] = "{missing: detached}"
    missing: str

    def decide(self, runs: LessonRuns, by_name: ByName, keys: Sequence[str]) -> str:
        """Return the reason."""
        reasons: dict[str, str] = {each.name: each.reason for each in runs.graph(self.run).missing}
        return reasons[pick(reasons, self.missing, "missing", "tensor without a gradient")]


class NodeChoice(Choice):
    """What the node of a layer's output leads to: `next_functions[input]` of its `grad_fn`."""

    example: ClassVar[str] = "{node: fc, input: 0}"
    node: str
    input: int = Field(default=0, ge=0)

    def decide(self, runs: LessonRuns, by_name: ByName, keys: Sequence[str]) -> str:
        """Return the tensor whose `.grad` is filled there, or the operation's name."""
        nodes = runs.graph(self.run).nodes
        made = {each.module: each for each in reversed(nodes) if each.module}
        node = made[pick(made, self.node, "node", "layer in the graph")]
        if self.input >= len(node.inputs):
            raise LessonMistake(["input"], f"that node has {len(node.inputs)} inputs")
        found = nodes[node.inputs[self.input]]
        return found.names[0] if found.is_leaf else found.operation.rpartition("::")[2]


class SecondBackwardChoice(Choice):
    """What torch answers to a second backward over the same graph: it `raises`, or it `runs`."""

    example: ClassVar[str] = "{second_backward: plain}"
    second_backward: Literal["plain", "retained"]

    def decide(self, runs: LessonRuns, by_name: ByName, keys: Sequence[str]) -> str:
        """Return what was tried on a copy of the model."""
        life = runs.graph(self.run).life
        if life is None:
            raise LessonMistake(["second_backward"], "the loss of this run has no graph")
        said = life.second if self.second_backward == "plain" else life.retained_second
        return "raises" if said else "runs"

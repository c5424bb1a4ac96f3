"""Numbers of a whole update, of the run, or of its first graph: losses, shares, what is kept."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from backtrace.learn.forms.form import LessonMistake, pick
from backtrace.learn.forms.number import ByName, Number

if TYPE_CHECKING:
    from backtrace.learn.runs import LessonRuns


class LossNumber(Number):
    """The loss of an update, `total` or one term of a mix; update 0 is the last one."""

    example: ClassVar[str] = "{loss: total, update: 1}"
    loss: str
    update: int = Field(default=1, ge=0)

    def compute(self, runs: LessonRuns, by_name: ByName) -> float:
        """Return what `backward` was called on."""
        played = runs.play(self.run)
        update = played.update(self.update or len(played.updates))
        if self.loss != "total":
            return update.terms[pick(update.terms, self.loss, "loss", "term of the loss")]
        if update.loss is None:
            raise LessonMistake(["loss"], "no loss was seen in that update")
        return update.loss


class ShareNumber(Number):
    """How many percent of the gradient, or of the loss, a term of a loss mix makes."""

    example: ClassVar[str] = "{share: mse, of: gradient}"
    share: str
    of: Literal["gradient", "loss"] = "gradient"
    update: int = Field(default=1, ge=1)

    def compute(self, runs: LessonRuns, by_name: ByName) -> float:
        """Return the term's projection on the gradient, or its part of the loss."""
        update = runs.play(self.run).update(self.update)
        if self.of == "loss":
            term = update.terms[pick(update.terms, self.share, "share", "term of the loss")]
            return 100 * abs(term) / sum(abs(value) for value in update.terms.values())
        shares = update.split.shares if update.split is not None else {}
        return 100 * shares[pick(shares, self.share, "share", "term of the loss")]


class RateNumber(Number):
    """The learning rate of the update of that number, of the first parameter group."""

    example: ClassVar[str] = "{rate: 1}"
    rate: int = Field(ge=1)

    def compute(self, runs: LessonRuns, by_name: ByName) -> float:
        """Return the rate as it was when the step began."""
        return runs.play(self.run).update(self.rate).lr[0]


class NotFiniteNumber(Number):
    """The number of the first update whose loss is not finite."""

    example: ClassVar[str] = "{not_finite: loss}"
    not_finite: Literal["loss"]

    def compute(self, runs: LessonRuns, by_name: ByName) -> float:
        """Return the update's number."""
        for update in runs.play(self.run).updates:
            if update.loss is not None and not isfinite(update.loss):
                return update.index
        raise LessonMistake(["not_finite"], "every loss of this run is finite")


class HeldNumber(Number):
    """How many earlier losses are still alive, with their graphs, when a backward begins."""

    example: ClassVar[str] = "{held: 4}"
    held: int = Field(ge=1)

    def compute(self, runs: LessonRuns, by_name: ByName) -> float:
        """Return it as the last backward of the update found it."""
        return runs.play(self.run).graph_seen(self.held).held


class KeptNumber(Number):
    """How many bytes the first graph keeps of its own, after a forward or a backward."""

    example: ClassVar[str] = "{kept: forward}"
    kept: Literal["forward", "backward", "retained"]

    def compute(self, runs: LessonRuns, by_name: ByName) -> float:
        """Return the bytes that would not be in memory without the graph."""
        life = runs.graph(self.run).life
        if life is None:
            raise LessonMistake(["kept"], "the loss of this run has no graph")
        sizes = {
            "forward": life.after_forward,
            "backward": life.after_backward,
            "retained": life.retained,
        }
        return sizes[self.kept]

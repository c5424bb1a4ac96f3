"""Facts that stand in the user's source, whether or not a line was run.

Each is in the line `where`, in `function`, which is '' outside of any.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from backtrace.ledger.facts import Fact
from backtrace.ledger.slip_kinds import SlipKind

# What a part of a batch is by its name: ends of episodes, a mask, rows' lengths or weights; or an
# end that was never put beside what a batch is drawn of.
Part = Literal["end", "mask", "length", "weight", "unkept"]
# Why a statement does nothing: its result is not kept, it names a method, it makes a context that
# no `with` enters, it writes to an attribute that torch does not read, gives a loop's name to
# another tensor, puts a mask on what nobody reads, writes over a loss that nothing has read, makes
# a term of a loss that nothing reads, gives a name what was to be another's, fills a weight that is
# computed anew of others, or loads a state into a model that nothing uses.
Idle = Literal[
    "dropped",
    "unprepared",
    "uncalled",
    "unentered",
    "misnamed",
    "late",
    "rebound",
    "unread",
    "overwritten",
    "unadded",
    "misgiven",
    "computed",
    "unused",
]
# What one statement alone does: cut the graph of what its function computes, or do so where a value
# takes another's place and gives it its gradient, make a tensor anew of a list of others, view a
# tensor of the file under other axes, be the first to do so under three axes, make a sampler by
# weights or a loader of training data in their order, take the first or the last of what a call
# returned first of two, or the first of what it returned second (`lower`), set `requires_grad` of
# what is no parameter, write to what an optimizer of the file holds, go through the buffers or
# parameters of two models at once, let an optimizer step at every so many batches, write to a rate,
# make the `decoder_input_ids` of a model of transformers, or end a network in an activation of that
# name.
Lone = Literal[
    "cut",
    "through",
    "remade",
    "view",
    "regroup",
    "sampler",
    "loader",
    "end",
    "lower",
    "mark",
    "write",
    "average",
    "guard",
    "rate",
    "decoder-ids",
    "start-check",
    "relu",
    "sigmoid",
    "tanh",
    "softplus",
    "softmax",
    "labels",
    "handed",
    "mask",
    "division",
    "step-size",
    "decay",
    "warm-up",
    "schedule",
    "net",
    "smoothing",
]
# By what it is said which values of a metric are the better ones.
Choice = Literal["mode", "lower", "greater", "score", "comparison"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartUnread(Fact):
    """`name` takes a part of a batch, with what is `beside`, and nothing reads it."""

    function: str
    name: str
    part: Part
    beside: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementIdle(Fact):
    """A statement that does nothing, `text`, and why.

    `instead` is the call that writes where this one does not, or the attribute that was meant; ''
    where there is none.
    """

    function: str
    text: str
    why: Idle
    instead: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RateUnread(Fact):
    """A loop computes the rate or weight `name` anew, and nothing reads it there."""

    function: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShuffledAlone(Fact):
    """Rows of `name` are put into another order, and not into it those of `beside`.

    `has_own` where these are put into an order of their own.
    """

    function: str
    name: str
    beside: str
    has_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListEmptied(Fact):
    """The list `name` is emptied, which `holder` keeps as it is since the line `kept_at`."""

    function: str
    name: str
    holder: str
    kept_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetShared(Fact):
    """`attribute` is written to the data set of `name`, which is that of `beside` as well."""

    function: str
    name: str
    attribute: str
    beside: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AugmentedAlone(Fact):
    """`call` draws anew for `name`, what belongs to `beside`, which it has just changed.

    Where `name` `stays`, `call` moves `beside` by chance, and `name` does not go along.
    """

    function: str
    name: str
    beside: str
    call: str
    stays: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricTurned(Fact):
    """`call` takes the smallest (`mode` "min") or the largest of `metric` for the best.

    `by` says what would turn it round: its `mode` or `lower_is_better`, a minus of the score, or a
    comparison.
    """

    function: str
    call: str
    metric: str
    mode: str
    by: Choice = "mode"


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizerUnprepared(Fact):
    """The optimizer `name` steps, and `accelerator` was given others to prepare, not it."""

    function: str
    name: str
    accelerator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeUndone(Fact):
    """All of `model` is unfrozen, and a part of it was frozen in line `frozen_at`, unused since."""

    function: str
    model: str
    frozen_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeWritten(Fact):
    """A line that sets `requires_grad` to False, of what it calls `name`."""

    function: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateCopied(Fact):
    """`copier` is given the attribute `name` of an object, to make copies of it."""

    function: str
    name: str
    copier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorSigned(Fact):
    """What goes backward, `name`, is made of errors, or of gains with a minus (`sign` 1).

    Where `sign` is -1, errors have a minus, and gains have none.
    """

    function: str
    name: str
    sign: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAlone(Fact):
    """The one line that does `what` between the lines `begins` and `ends` of its file."""

    function: str
    what: Lone
    begins: int
    ends: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepInside(Fact):
    """A line that calls `step` in an innermost loop that calls `backward` as well."""

    function: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipSeen(Fact):
    """Something is written the wrong way: `kind` says what, `name` and `beside` how.

    A "renewal" is wrong only where it never comes in a run: `every` says once in how many updates
    it should, 1 of one that nothing calls, and 0 where that is not known. An "unreset" metric is
    wrong only where a run evaluates more than once, one of "stages-mixed" where it validates, a
    "same-view" where both calls gave the same, an "unmasked-score" where the loss in the line
    `beside` leaves places of its target out, a "last-batch-counted" or "metric-averaged" where the
    loop in the line `beside` is given more than one batch, "kept-outputs" or "gathered-apart"
    where this loop goes through a loader in another order than the one in the line `every` does.
    """

    function: str
    kind: SlipKind
    name: str
    beside: str
    every: int = 0

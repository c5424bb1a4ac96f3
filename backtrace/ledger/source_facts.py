"""Facts that stand in the user's source, whether or not a line was run.

Each is in the line `where`, in `function`, which is '' outside of any.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from backtrace.ledger.facts import Fact

# What a part of a batch is by its name: ends of episodes, a mask, rows' lengths or weights.
Part = Literal["end", "mask", "length", "weight"]
# Why a statement does nothing: its result is not kept, it names a method, it makes a context that
# no `with` enters, it writes to an attribute that torch does not read, gives a loop's name to
# another tensor, or puts a mask on what nobody reads.
Idle = Literal["dropped", "uncalled", "unentered", "misnamed", "rebound", "unread"]
# What one statement alone does: cut the graph of what its function computes, or do so where a value
# takes another's place and gives it its gradient, view a tensor of the file under other axes, make
# a sampler by weights, take the first or the last of what a call returned first of two, write to
# what an optimizer of the file holds, go through the parameters of two models at once, let an
# optimizer step at every so many batches, or end a network in an activation of that name.
Lone = Literal[
    "cut",
    "through",
    "view",
    "sampler",
    "end",
    "write",
    "average",
    "guard",
    "relu",
    "sigmoid",
    "tanh",
    "softplus",
    "softmax",
]
# What is written the wrong way: terms of a loss with the wrong sign (a policy's, a divergence, a
# critic's, or a score that goes backward itself), an average that keeps the new and forgets the
# old, or runs away from the model, one that nothing updates, what is written to a state that nobody
# loads, a target network that nothing updates, or would be by a line that never runs, a best model
# that is no copy, a teacher in training mode, returns in the order of the last step first, other
# rows normalised by their own statistics or numbered anew, mixed inputs whose targets are not, a
# negative where the positive belongs, a limit that what it limits is written over, a generator that
# is trained towards its judge's targets, a batch that writes to what is stored, a metric that is
# never reset, noise or a sample drawn once more, a mixed loss whose two targets are one,
# similarities of which some have a temperature, a decay by hand with the wrong sign, an option
# whose value or key is misspelt, a state that is saved and not loaded, a step outside of the
# `if` that counts the batches of a window, a loss of rows that are held out, a model that
# all folds train, a number of batches to accumulate that is not handed on, a sum that a loop writes
# over, noise that is uniform where it should be normal, two things that are one part of an output,
# a focal weight that is turned round, padding that has the id of the end of a text, a divergence
# with a power that does not belong there, sequences that are sorted by length without their
# targets, a dueling network's mean that goes over rows, a deviation that a ReLU keeps above 1,
# returns that add up what came before or that nothing reads, the best action's value for the one
# taken, or an environment's own array that is kept.
# or a focal weight that is turned round.
# all folds train, a number of batches to accumulate that is not handed on, a focal weight that
# is turned round, padding that has the id of the end of a text, a divergence with a power that
# does not belong there, noise and data of which one's weight lacks its root, a clean target that is
# written over by the noised input, or sequences that are sorted by length without their targets.
# does not belong there, sequences that are sorted by length without their targets, or one row of
# a table of positions where all up to it are meant.
# written over by the noised input, two views that are one call or slice, or sequences that are
# sorted by length without their targets.
# does not belong there, sequences that are sorted by length without their targets, or a sum of
# advantages that goes on past the ends of episodes.
# does not belong there, sequences that are sorted by length without their targets, a sum of
# advantages that goes on past the ends of episodes, or the value of a state and an action that is
# another state's.
SlipKind = Literal[
    "policy",
    "divergence",
    "divergence-less",
    "penalty",
    "critic",
    "actor",
    "score",
    "average",
    "runaway",
    "still-average",
    "lost-write",
    "still-target",
    "no-copy",
    "teacher-mode",
    "returns",
    "reversed-each-turn",
    "own-mix",
    "statistics",
    "mixed-alone",
    "triplet",
    "used-up",
    "kept-generator",
    "unstepped",
    "limit",
    "generator",
    "judge",
    "stored",
    "renewal",
    "unreset",
    "vocabulary",
    "seed",
    "other-noise",
    "other-sample",
    "twin",
    "part-scaled",
    "decay",
    "misspelt",
    "misspelt-key",
    "unrestored",
    "outside",
    "held-out",
    "folds",
    "window",
    "left",
    "opinions",
    "made-anew",
    "focal",
    "focal-power",
    "overwritten",
    "uniform",
    "one-part",
    "undivided",
    "dueling",
    "position",
    "floored",
    "forward-returns",
    "unread-returns",
    "greedy",
    "lent",
    "padding-is-end",
    "divergence-power",
    "noising-weight",
    "noised-target",
    "same-view",
    "same-slice",
    "sorted-alone",
    "past-end",
    "times-mixed",
]


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
    """`call` takes the smallest (`mode` "min") or the largest of `metric` for the best."""

    function: str
    call: str
    metric: str
    mode: str


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
    """The one line of a file that sets `requires_grad` to False, of what it calls `name`."""

    function: str
    name: str


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
    wrong only where a run evaluates more than once, a "same-view" where both calls gave the same.
    """

    function: str
    kind: SlipKind
    name: str
    beside: str
    every: int = 0

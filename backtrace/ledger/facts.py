"""What surrounds the accounts: events that hold the facts by which rules judge a loop.

They say what optimizers hold, how models stand and what schedulers did. Like all events they hold
what was seen, never what it means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from backtrace.ledger.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(Event):
    """Something that surrounds the accounts, and moves none: only judging a loop needs it."""


@dataclass(frozen=True, slots=True)
class Group:
    """One parameter group: the names of what it holds, in order and as often as it holds them.

    `options` are the group's numbers, truth values and words: `lr`, `momentum`, `weight_decay` …
    """

    parameters: tuple[str, ...]
    options: Mapping[str, float | bool | str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizerSeen(Fact):
    """An optimizer was made, or its groups are no longer as they were last written.

    `rates` are those that the groups were made with, () where that was not seen: a scheduler may
    have set others since.
    """

    optimizer: str
    type: str
    groups: tuple[Group, ...]
    rates: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Hidden:
    """A tensor that wants a gradient, in a list or dict where `nn.Module` does not look.

    `where` is the line that makes the list, as far as the class's source tells.
    """

    name: str
    attribute: str
    container: str
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSeen(Fact):
    """A model as it stands; written again when its parameters have become others.

    `parameters` are the names of all it holds. `replaced` names, as they are called now, what
    it held before, holds no longer and is still there; `parted` pairs that were one tensor and
    are two now. `switched` are the modules that behave otherwise in training than in evaluation
    (dropout, batch norm), with their types. `marked` are the modules on which `requires_grad` was
    set to False as if they were tensors: an attribute that nobody reads. `written` is the user's
    name for it, such as `net`; '' where `module` is that, or it has none. `borrowed` begins the
    names of what an installed library's modules hold ('' of all, where the model is one).
    `of_one_shape` are pairs of an Embedding's weight and a Linear's: two tensors of one shape.
    `tied` are the weights that an Embedding and a Linear have both, as one tensor.
    `ends_with` is the id by which a text ends, of a model whose `config` names one, `starts_with`
    the one that a decoder is given before its first token.
    """

    module: str
    type: str
    parameters: tuple[str, ...]
    replaced: tuple[str, ...] = ()
    parted: tuple[tuple[str, str], ...] = ()
    hidden: tuple[Hidden, ...] = ()
    switched: Mapping[str, str] = field(default_factory=dict)
    marked: tuple[str, ...] = ()
    written: str = ""
    borrowed: tuple[str, ...] = ()
    of_one_shape: tuple[tuple[str, str], ...] = ()
    tied: tuple[str, ...] = ()
    ends_with: int | None = None
    starts_with: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartAtRest(Fact):
    """A `part` of `module` was in evaluation mode when that was first trained, in training mode.

    A library had called `eval` of it, in the line `where`, and nobody since. `resting` are the
    modules in it that behave otherwise in training.
    """

    module: str
    part: str
    resting: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenAtRest(Fact):
    """An `eval` in the line `rested`, the first to set a module's mode, froze `parameters` of it.

    Its class, `type`, has a `train` that does, in the line `where`.
    """

    type: str
    parameters: tuple[str, ...]
    rested: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BackwardFailed(Fact):
    """`backward` raised; `error` is its type and text."""

    error: str

    @property
    def is_without_graph(self) -> bool:
        """Whether it was asked of something that no graph leads to."""
        return "does not require grad" in self.error


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulerStepped(Fact):
    """A learning rate scheduler moved the rates of its optimizer.

    `period` is the number of its steps after which it is through, or turns (`T_max`,
    `total_steps`, `step_size` …), None where it has none; `made` is where it was made. Of one that
    waits for a plateau, `metric` is what it was given, and `mode` what it takes for better, `min`
    or `max`. Of a SequentialLR, `ends_with` is the type of its last. `base` has the rates that the
    groups were made with, their `initial_lr`, `count` how far it came, its `last_epoch`.
    """

    scheduler: str
    type: str
    optimizer: str
    before: tuple[float, ...]
    after: tuple[float, ...]
    period: int | None = None
    made: str = ""
    metric: float | None = None
    mode: str = ""
    ends_with: str = ""
    base: tuple[float, ...] = ()
    count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallIgnored(Fact):
    """A call was requested and did not act: a wrapper's `zero_grad` or `step` that passed by."""

    call: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxySeen(Fact):
    """An optimizer's `step` was called through another object, such as an AcceleratedOptimizer."""

    optimizer: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepsPassed(Fact):
    """Steps of an optimizer that were not read, because only some were asked for."""

    optimizer: str
    count: int

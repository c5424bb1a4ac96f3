"""Facts about states: read, loaded, written over unused, or left behind by a step that raised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from backtrace.ledger.events import Edited
from backtrace.ledger.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftByStep(Edited):
    """Values that a step which raised had changed, as the next known call found them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizerGone(Fact):
    """An optimizer had been let go of when another was made: it steps no more."""

    optimizer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StateLoaded(Fact):
    """`load_state_dict` ran, of a model or an optimizer; `target` is its name.

    Of a model, `holds` counts its parameters, `given` the entries of the state, `tensors` those
    that are for one of its parameters, and `own` how many of these are the parameters themselves,
    under another tensor object; `is_live` says whether these came from a `state_dict()` in the
    statement itself, and `written` is the user's name for the target there. `is_edit` says that it
    changed values that had been read before: they are in the `Edited` that stands before it.
    `misnamed` counts the parameters that the state has under one other prefix, with their shapes,
    such as `entry` for `parameter`, where the user threw away what the call said of them. Of an
    optimizer, `lr` are its groups' rates as they are now, and `given` counts the tensors that it
    has a state of.
    """

    target: str
    kind: Literal["model", "optimizer"]
    holds: int = 0
    given: int = 0
    tensors: int = 0
    own: int = 0
    is_live: bool = False
    written: str = ""
    is_edit: bool = False
    lr: tuple[float, ...] = ()
    misnamed: int = 0
    entry: str = ""
    parameter: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizerStateRead(Fact):
    """`torch.load` gave the state of an optimizer that had stepped, in a dict of its own.

    `tensors` counts what it stepped; `lr` are its groups' rates, those from before any schedule
    where they are kept, and `last` those of its last step. `meant` is the line below that loads it,
    if an `if` allows that.
    """

    tensors: int
    lr: tuple[float, ...]
    meant: str = ""
    last: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedOver(Fact):
    """A model is called for the first time since it was loaded, and holds other values.

    `loaded` is where the state was loaded, `given` how many elements it filled; `over` counts those
    of parameters whose numbers no longer have anything to do with it, by the first of each, and
    `tensors` these parameters; `is_first` says whether the model's first one is among them. `made`
    is the line that makes the model, where its own `__init__` loads it, else that of the load.
    """

    target: str
    loaded: str
    given: int
    over: int
    tensors: int
    is_first: bool
    made: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateWrittenToCopy(Fact):
    """An optimizer steps at `lr`, and a copy of its state was given the rates `written` before.

    The event is at the line that asked for the copy, which nothing has loaded. Where `is_replaced`,
    it is the groups that the optimizer had until a state was loaded, at that line, that they were
    written into.
    """

    optimizer: str
    written: tuple[float, ...]
    lr: tuple[float, ...]
    is_replaced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AverageUsed(Fact):
    """An average of a model is called that has taken in nothing; it was made in the line `made`."""

    made: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AverageEvaluated(Fact):
    """A mean of `averaged` models is evaluated, and where `is_stale`, with statistics of the last.

    Those of its batch norms; they moved in training. Otherwise they were computed for it since it
    was written that they are stale. It was made in the line `made`.
    """

    made: str
    averaged: int
    is_stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledEmpty(Fact):
    """A module without parameters is called, the weights of whose layers are plain tensors."""

    type: str

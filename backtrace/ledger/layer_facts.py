"""What a few kinds of layers are called on, and what is derived by it: facts for the rules."""

from __future__ import annotations

from dataclasses import dataclass

from backtrace.ledger.events import Reading
from backtrace.ledger.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceTaken(Fact):
    """A recurrent or attention layer was called on a tensor of three axes; `shape` is its.

    `is_padded` says of a recurrent one whether the ids that were embedded for it end in padding, or
    what it was given in zeros. `viewed_from` is the shape of what a batch was viewed from, where
    rows stood first that stand second, or the other way round, with no transpose; () otherwise.
    `is_numbered` says of attention along the first axis whether what it took of embedded ids
    depends on the place along the second axis, and not on that along the first.
    """

    type: str
    shape: tuple[int, ...]
    batch_first: bool
    is_padded: bool = False
    viewed_from: tuple[int, ...] = ()
    is_numbered: bool = False

    @property
    def steps(self) -> int:
        """How many steps in time the tensor has; 0 where it has no axis of them."""
        axis = 1 if self.batch_first else 0
        return self.shape[axis] if axis < len(self.shape) else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsNumbered(Fact):
    """Positions were counted along the first axis of what a layer with `batch_first` took.

    `type` is the layer's class, and `shape` that of what it took: (rows, time, features).
    """

    type: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesNormalised(Fact):
    """`F.normalize`, told of no axis, took (rows, places, features) along the places.

    `shape` is that of what it took, whose last axis a layer made.
    """

    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsNormalised(Fact):
    """`F.normalize` took (rows, features), which a layer made, along the rows: `dim=0`."""

    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StateTakenAgain(Fact):
    """A recurrent layer was called `times` in a row, of one step in time each, with one state.

    The state carries a graph, and what the layer (or cell, of class `type`) returned for it was
    never given back to it.
    """

    type: str
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StateBegunAnew(Fact):
    """A recurrent layer was called `times` before one backward, a step each, without a state.

    It was given none, or one without a graph. `type` is its class, `layer` what the names of
    its parameters begin with, '' where they have no other part or are not known.
    """

    type: str
    layer: str
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StateCarried(Fact):
    """A recurrent layer of class `type` was given the state that it had returned, detached.

    `returned_at` is when it returned it, in seconds since recording began.
    """

    type: str
    returned_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockRepeated(Fact):
    """A block was called on what it had just given, and stands in a list `count` times in a row."""

    container: str
    type: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsUntouched(Fact):
    """A batch norm in evaluation mode was called whose statistics are those it was made with.

    Its weight or its bias are no longer what it was made with; `features` is how many it has.
    `model` is the name, or the class, of what was called that it is a part of, `mode_set` the line
    that ended its training mode, both '' where they are not known.
    """

    type: str
    features: int
    model: str = ""
    mode_set: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsReplaced(Fact):
    """A batch norm was called in training mode whose statistics are nearly those of one batch.

    `momentum` is the weight that the newest batch has; `type` is its class, and the event is at
    the line that made it, where that was seen.
    """

    type: str
    momentum: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedInEvaluation(Fact):
    """`torch.nn.functional.dropout` dropped elements while a model in evaluation mode was running.

    `share` is the probability that it was told; the model is named `module`. `by_layer` says that
    a layer called it that is in training mode and no part of this model: `eval()` does not reach
    it. `call` names the function where it is one of attention's.
    """

    module: str
    share: float
    by_layer: bool = False
    call: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NormedByBatch(Fact):
    """`torch.nn.functional.batch_norm` was told to go by the batch, in a model in evaluation mode.

    The statistics that it was given are buffers of the model, which is named `module`.
    """

    module: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DropoutLeftOff(Fact):
    """Dropout that dropped `share` in training dropped nothing in its first evaluation, nor since.

    `type` is the layer's class, or `F.dropout`; `evaluated` is the line of that evaluation. The
    event is at the line of the function, or at that which made the layer, where it was seen.
    """

    type: str
    share: float
    evaluated: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InputsNearZero(Fact):
    """In one of a few calls of a model, its first layer was given numbers near zero only.

    `largest` is the largest of them, without signs; `type` is the layer's class. The first call
    that shows usual numbers is the last that is looked at, and writes one more, with theirs, if
    there were any before.
    """

    module: str
    type: str
    largest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class InputsLarge(Fact):
    """The first layer of a model without normalisation was given numbers as large as `largest`.

    That is without signs, in the first call in training whose numbers are not near zero. `type` is
    the layer's class; `rows` is the share of the rows that have a number of 50 or more.
    """

    module: str
    type: str
    largest: float
    rows: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnsUnlike(Fact):
    """A model's first layer, a linear one, was given columns that differ a thousandfold in size.

    Half of the numbers in column `large` are `median` or more, none in column `small` is above
    `end`, all without signs. The first call in training is looked at.
    """

    module: str
    large: int
    median: float
    small: int
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivativeTaken(Fact):
    """`torch.autograd.grad` returned derivatives by tensors that are no parameters.

    `has_graph` says whether one of them requires a gradient, as with `create_graph=True`; `shape`
    is that of the first tensor that they are taken by. `mixed` is, of a second derivative, how many
    columns of the first it is taken of at once, 0 where it is of one, or is a first derivative.
    """

    has_graph: bool
    shape: tuple[int, ...] = ()
    mixed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerDropped(Fact):
    """A layer of dropout was called in training mode that drops most, or is made for SELU.

    `share` is its probability; `type` is its class, and the event is at the line that made it,
    where that was seen. `behind` is the activation, another than SELU, that what an AlphaDropout
    was given came from; '' of others.
    """

    type: str
    share: float
    behind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackwardDefined(Fact):
    """A module without parameters and parts was called whose class defines a `backward`.

    Autograd calls those of its functions alone. The event is at the line of that method; `type`
    is the class.
    """

    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputSeen(Fact):
    """A module was called, and this is what it returned; written when the backward begins.

    A model's (`is_model`) is written where no loss function of torch's was called before that
    backward, other modules' on request. `place` is where in a tuple or dict the tensor stood.
    """

    module: str
    type: str
    output: Reading | None = None
    place: str = ""
    is_model: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputsAlike(Fact):
    """A model gave the same numbers again before one backward, as in the line `beside` before.

    Looked at before the first few backwards.
    """

    module: str
    beside: str


@dataclass(frozen=True, slots=True)
class Scale:
    """Mean and standard deviation of all numbers of a batch."""

    mean: float
    deviation: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluatedInputs(Fact):
    """A model was given a batch in evaluation mode; `trained` are its first in training mode.

    Written of the first few, of the same shape but for their rows.
    """

    module: str
    scale: Scale
    trained: tuple[Scale, ...]

"""What loss functions were called on: the facts by which rules judge targets and terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from backtrace.ledger.events import Reading
from backtrace.ledger.facts import Fact
from backtrace.ledger.quick_init import quick_init

Likeness = Literal["", "neither", "probabilities", "log-probabilities"]


@quick_init
@dataclass(frozen=True, slots=True, kw_only=True)
class LossCalled(Fact):
    """A loss function of torch's was called.

    `value` is what it returned, None when that is not one number. `input_is` says what the
    values of the input look like, '' where they were not looked at; `input_from` which operation
    made it (`SoftmaxBackward0`; `AccumulateGrad` of a leaf), views and squeezes looked through, and
    `squashed_from`, where that is a sigmoid or a log-softmax, which made what it took.
    `target` names the target's bits; `target_min` and `target_max` are its range, `log_target` is
    what `kl_div` was told.
    `output` and `expected` are readings of the input and the target themselves.
    `padding` is the share of the target's elements that stand where the input of an embedding is
    padded and that are scored all the same, `pad` their class. `is_next` says whether the target is
    what such an input was, one place on, `is_after_next` two, `is_same` none; `ids` is the shape of
    that input then, and `along` the dimension of it in which it goes on. `blanks` counts the
    elements of `ctc_loss`'s targets that are its blank, as far as they were looked at.
    `unscored_end` is the id that ends each row of ids, with which rows are padded, and of which the
    target has none: not even in the longest row, which ends with it once.
    `log_input` is what `poisson_nll_loss` was told, or took for granted.
    `lone_weight` is the `weight` of a binary cross entropy that is one number for all its elements.
    `scores_itself`: of a cross entropy over as many classes as rows, each row's greatest score is
    its own place's, which is no row's target. `tied`: of one whose rows each have another target,
    how many have the very item of another row, on one of both sides of the scores. `left_out` is
    the share of rows whose class is the `ignore_index`, where no embedding was called and the
    scores were not reshaped. `off_one` is the share of a cross entropy's rows of probabilities that
    do not add up to 1. `has_source`: before
    the ids that the target is as they are, those of another sequence were embedded; `by_places`:
    the input is made of what a recurrent layer of one direction said at each of their places, or,
    where there was no other sequence, of their embeddings, each place of its own.
    `read_ahead` is where a recurrent layer of both directions was made that the input comes from,
    and that was given the target, all but its last place, one place on; '' where none was.
    `target_from` is the operation that made a target which carries a gradient while the input
    carries none; `is_varied` says whether rows of that input were looked at and differ.
    `weights` are those of the classes, `weight` of a cross entropy or `pos_weight` of a binary one,
    `counts` how often each was the target's, of `counted` targets that were looked at.
    `few_classes` are the classes of a target that has many places a row, as a picture's mask has,
    where they are one or two. `ignored` is the class that a loss was told to leave out, by its
    `ignore_index`. `start_twice` is the id with which each row of ids begins twice, where the
    target is the next one at each place, and at the first. `runs` are the classes of a batch's
    rows, in the order in which they stand, where each stands in one run, () where one does not;
    None where they were not looked at.
    """

    function: str
    value: float | None
    reduction: str
    input_shape: tuple[int, ...]
    target_shape: tuple[int, ...]
    target_dtype: str
    input_is: Likeness = ""
    input_from: str = ""
    squashed_from: str = ""
    target: str = ""
    target_min: float | None = None
    target_max: float | None = None
    log_target: bool = False
    output: Reading | None = None
    expected: Reading | None = None
    padding: float = 0.0
    pad: int | None = None
    is_next: bool = False
    is_after_next: bool = False
    is_same: bool = False
    ids: tuple[int, ...] = ()
    along: int = 1
    blanks: int = 0
    lone_weight: float | None = None
    log_input: bool = False
    unscored_end: int | None = None
    scores_itself: bool = False
    tied: int = 0
    left_out: float = 0.0
    off_one: float = 0.0
    has_source: bool = False
    by_places: bool = False
    read_ahead: str = ""
    target_from: str = ""
    is_varied: bool = False
    weights: tuple[float, ...] = ()
    counts: tuple[float, ...] = ()
    counted: int = 0
    few_classes: tuple[int, ...] = ()
    ignored: int | None = None
    start_twice: int | None = None
    runs: tuple[int, ...] | None = None


@quick_init
@dataclass(frozen=True, slots=True, kw_only=True)
class TripletCalled(Fact):
    """`triplet_margin_loss` was called on anchors that carry a gradient.

    `loss` is its mean over the rows looked at, `near` and `far` the mean distances of the anchors
    from what stands for their positives and for their negatives. `is_picked` says whether these
    were taken out of a batch by an index, as the hardest ones are.
    """

    margin: float
    loss: float
    near: float
    far: float
    is_picked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawCut(Fact):
    """A layer of a loss was given what a distribution drew by `sample()`, at the event's line.

    The loss has another way to the distribution's parameters, and `rsample()` would have one
    through the draw. `is_scored` where a log-probability of it was taken as well.
    """

    distribution: str
    is_scored: bool

"""The graph that a backward is about to walk, and what was found in it: what rules judge it by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from backtrace.ledger.facts import Fact
from backtrace.ledger.graph_parts import Activation, Addend, Regrouping
from backtrace.ledger.quick_init import quick_init


@quick_init
@dataclass(frozen=True, slots=True)
class Op:
    """One operation of the autograd graph: its node's name, the shapes it took and gave.

    `scalar` is the number that a multiplication or division by a number used, `factor` the shape of
    the tensor without a gradient that it used, where that is neither () nor the output's.
    """

    name: str
    inputs: tuple[tuple[int, ...], ...]
    output: tuple[int, ...]
    scalar: float | None = None
    factor: tuple[int, ...] = ()


@quick_init
@dataclass(frozen=True, slots=True, kw_only=True)
class GraphSeen(Fact):
    """The graph that a backward is about to walk, written before its `BackwardRan`.

    Of every backward: `path`, the operations between the loss and what the models returned (nearest
    the loss first), `models`, those that it ends at (of none, when it is all of the graph),
    `retain`, whether the graph is to be kept, `held`, how many earlier losses are still alive with
    theirs, and `drawn`, the number of the `GraphDrawn` that shows it, if there is one. Of some
    only, those with `is_whole`: how many nodes there are, the tracked leaves that it reaches, the
    modules that were called since the backward before, those of them whose output carried no graph
    though they can be trained (`blind`), modules called only where gradients were off
    (`without_grad`), those of them that can be trained and were called in a reentrant checkpoint of
    inputs none of which requires a gradient (`checkpointed`), the lengths of the last axes of what
    frozen modules of no watched model returned (`frozen`), activations, and, when the loss is
    not finite, where that came from: `LogBackward0 in head`, `the input of …` (and whether the
    model's own inputs were finite) or `the value of …`; `regrouped`, the views that put axes into
    another order, `steep`, an operation that is used where its slope is not finite, and `ones`, how
    many exponentials of a difference are 1 in every element, `live_advantages`, how many products
    of log-probabilities and a difference that leads to other leaves, `live_bootstraps`, how many
    differences of a model's output and a target made of its own that has a gradient,
    `focused_means`, how many losses are weighted by an exponential of their own mean, `shares`, how
    often a loss takes a ratio from a number, beside what cannot be below zero, `shared`, the
    largest number of what such a ratio counts, if above one and without a graph, `ahead`, in how
    many places attention over one sequence looks ahead, and `causal`, in how many not, `flat`,
    what lies behind operations that let no gradient through, `loose`, how many leaves are neither
    parameters nor tracked, such as an input's noise, `padded_ends`, how many states or last outputs
    of recurrent layers come after padding, `padded_means`, over how many places the first mean goes
    of which a mask leaves some out of attention, `embedded_means`, over how many places of words
    the first mean goes of which some are padding, `filled_sums`, over how many of those a sum or a
    mean goes whose padding has a row of its own that is not zero, `padding_words`, of how many
    embeddings the padding_idx stands between other ids, `padded_scores`, the share of padding among
    what a loss made by hand scores, and its id, `penalised_entropies`, how many entropies of
    distributions raise a loss with log-probabilities, `falling_likelihoods`, how many logarithms of
    sums over all scores a loss takes from those that were picked, `summed`, the shape of what a
    loss sums over its rows beside a mean over as many, `over_rows`, that of the first softmax over
    the first axis, `picked_over_rows`, that of such a one of which one of each row is picked,
    `over_queries`, that of the first softmax of scores whose weights are summed over the other
    axis, `squashed_twice`, how a softmax or a sigmoid of another is written, `raw_lengths`, of the
    vectors whose products a softmax multiplies, the shortest, the longest, and that factor,
    `merging`, of a loss that only draws a network's outputs together, by term how far these are
    apart,
    `axis_norms`, that of the first gradient of which norms over axis 1 alone are to meet a target,
    `averaged_rows`, how many rows' scores are averaged before they are multiplied with a number for
    each, `summed_rows`, the shape of what a sum over all rows is multiplied with, one for each,
    `early_ratios`, of the clipped ratios of a policy that was never stepped to the one that
    acted, how many are not 1, of how many, the lowest and the highest,
    `scaled_by_variance`, how often noise is multiplied by the exponential of a log-variance,
    `scaled_by_logarithm`, how often it is multiplied by that log-variance itself,
    `squared_logarithms`, how often the logarithm of such a logarithm stands beside its square,
    `unsquared`, how many divergences have the deviation that scales noise where its square belongs,
    `squashed_penalties`, how many norms of the gradient of a sigmoid are to meet a number, beside
    means of a judge's opinions,
    `turned_masks`, how often scores are filled at all but the padding of ids before their softmax,
    `padding_alone`, how many attentions weigh the padding of ids and no word,
    `open_masks`, how many attentions weigh the padding of ids whose mask is all of one number,
    `masked_queries`, how often scores are filled at the queries that are padding, and at no key,
    `floored_answers`, how many ReLUs' outputs are compared with targets that go below zero,
    `floored_logits`, of how many ReLUs' outputs a logarithm of a sigmoid is taken,
    `own_picks`, how often log-probabilities are picked by the very ids that were embedded,
    `raw_picks`, how often a loss adds up scores of a layer as they are that were picked by an index
    or weighed by probabilities, `signed_differences`, how often such from which a tensor was taken,
    `seen_places`, how often a loss is taken of just the places that no token of a model's fills,
    `terms_twice`, how many additions there are of a term to a sum that has it already,
    `averaged_codes`, over how many numbers a row a divergence is averaged beside errors that are
    summed, `outweighed`, over which shape the heaviest term is averaged beside a divergence that is
    summed,
    `bare_roots`, of how many roots and inverse cosines nothing keeps what goes in away from where
    their slope is infinite, `bare_angles`, of how many of these inverse cosines and sines,
    `masked`, an operation whose bad values a mask hides from the loss, `addends`, what torch's loss
    functions gave to a sum that also has something without a graph, and `cut_term`, how that is
    written, where its source shows it to hang on what is trained, `one_graph`, of how many graphs
    and nodes a batch is of which sums over edges reach the first alone. Modules are those with
    parameters of their own, named as these are, without the last part: the model itself is ''.
    `lines` holds, by the names of these fields, by the keys of `flat`, as `squared` of what pairs
    every row with every other, as `saturated` of the first activation that is at its bounds, as
    `linear_chain` of linear layers that follow each other bare, and as `weightless` of what the
    backward begins at and multiplies by zero, where what was found first was computed, and
    `called_at` where modules are called of which no parameter is reached, or the `forward` that
    could have called them; both as far as known, which is in a later graph than the first that has
    it. `unread` says what of this could not be read.
    """

    requires_grad: bool = True
    path: tuple[Op, ...] = ()
    models: tuple[str, ...] = ()
    retain: bool = False
    held: int = 0
    drawn: int = 0
    is_whole: bool = False
    nodes: int = 0
    reached: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    blind: tuple[str, ...] = ()
    without_grad: tuple[str, ...] = ()
    checkpointed: tuple[str, ...] = ()
    frozen: tuple[int, ...] = ()
    activations: tuple[Activation, ...] = ()
    first_nonfinite: str = ""
    regrouped: tuple[Regrouping, ...] = ()
    steep: str = ""
    ones: int = 0
    live_advantages: int = 0
    live_bootstraps: int = 0
    focused_means: int = 0
    shares: int = 0
    shared: float = 0.0
    ahead: int = 0
    causal: int = 0
    flat: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    loose: int = 0
    padded_ends: int = 0
    padded_means: int = 0
    embedded_means: int = 0
    filled_sums: int = 0
    padding_words: int = 0
    padded_scores: tuple[float, ...] = ()
    penalised_entropies: int = 0
    falling_likelihoods: int = 0
    summed: tuple[int, ...] = ()
    over_rows: tuple[int, ...] = ()
    picked_over_rows: tuple[int, ...] = ()
    over_queries: tuple[int, ...] = ()
    squashed_twice: str = ""
    raw_lengths: tuple[float, ...] = ()
    merging: tuple[float, ...] = ()
    axis_norms: tuple[int, ...] = ()
    averaged_rows: int = 0
    summed_rows: tuple[int, ...] = ()
    early_ratios: tuple[float, ...] = ()
    one_graph: tuple[int, ...] = ()
    scaled_by_variance: int = 0
    scaled_by_logarithm: int = 0
    squared_logarithms: int = 0
    unsquared: int = 0
    squashed_penalties: int = 0
    turned_masks: int = 0
    padding_alone: int = 0
    open_masks: int = 0
    masked_queries: int = 0
    floored_answers: int = 0
    floored_logits: int = 0
    own_picks: int = 0
    raw_picks: int = 0
    signed_differences: int = 0
    seen_places: int = 0
    terms_twice: int = 0
    averaged_codes: int = 0
    outweighed: tuple[int, ...] = ()
    bare_roots: int = 0
    bare_angles: int = 0
    masked: str = ""
    addends: tuple[Addend, ...] = ()
    cut_term: str = ""
    lines: Mapping[str, str] = field(default_factory=dict)
    called_at: Mapping[str, str] = field(default_factory=dict)
    unread: str = ""

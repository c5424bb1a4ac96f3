"""The kinds of operations that rules ask a graph for, each with the nodes that are of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from torch import Tensor
from torch.autograd.graph import Node

from backtrace.recording.sensors.graph.advantages import find_live_advantages
from backtrace.recording.sensors.graph.autograd_nodes import Packed
from backtrace.recording.sensors.graph.bare_logarithms import (
    find_bare_scales,
    find_squared_logarithms,
)
from backtrace.recording.sensors.graph.bare_roots import angles_among, find_bare_roots
from backtrace.recording.sensors.graph.bootstraps import find_live_bootstraps
from backtrace.recording.sensors.graph.divergences import (
    find_unsquared,
    find_variances_for_deviations,
)
from backtrace.recording.sensors.graph.entropy_terms import find_penalised_entropies
from backtrace.recording.sensors.graph.floored_answers import find_floored_answers
from backtrace.recording.sensors.graph.focused_means import find_focused_means
from backtrace.recording.sensors.graph.likelihoods import find_falling_likelihoods
from backtrace.recording.sensors.graph.padded_ends import find_padded_ends
from backtrace.recording.sensors.graph.ratios import find_ratios_of_one
from backtrace.recording.sensors.graph.raw_scores import find_raw_scores
from backtrace.recording.sensors.graph.seen_places import find_seen_places
from backtrace.recording.sensors.graph.shares import find_shares
from backtrace.recording.sensors.graph.squashed_penalties import find_squashed_penalties
from backtrace.recording.sensors.graph.terms_twice import find_terms_twice
from backtrace.recording.sensors.graph.turned_masks import find_turned_masks


def find_operations(
    roots: Sequence[Node],
    nodes: Sequence[Node],
    is_packed: Packed,
    are_filled: Callable[[Tensor], bool],
) -> dict[str, list[Node]]:
    """Return the nodes of each kind, by the name of the field of `GraphSeen` that counts them.

    `are_filled` says whether a mask of scores leaves out all but the padding of ids.
    """
    bare = find_bare_roots(nodes)
    return {
        "live_advantages": find_live_advantages(nodes),
        "live_bootstraps": find_live_bootstraps(nodes),
        "penalised_entropies": find_penalised_entropies(roots, nodes, is_packed),
        "focused_means": find_focused_means(nodes),
        "falling_likelihoods": find_falling_likelihoods(roots, nodes, is_packed),
        "shares": find_shares(roots, is_packed),
        "padded_ends": find_padded_ends(nodes),
        "ones": find_ratios_of_one(nodes, is_packed),
        "scaled_by_variance": find_variances_for_deviations(nodes, is_packed),
        "turned_masks": find_turned_masks(nodes, is_packed, are_filled),
        "scaled_by_logarithm": find_bare_scales(nodes, is_packed),
        "squared_logarithms": find_squared_logarithms(roots, nodes, is_packed),
        "unsquared": find_unsquared(nodes, is_packed),
        "terms_twice": find_terms_twice(roots, is_packed),
        "squashed_penalties": find_squashed_penalties(roots, nodes),
        "seen_places": find_seen_places(roots, nodes, is_packed),
        "bare_roots": bare,
        "bare_angles": angles_among(bare),
        **find_floored_answers(nodes, is_packed),
        **find_raw_scores(roots, nodes, is_packed),
    }

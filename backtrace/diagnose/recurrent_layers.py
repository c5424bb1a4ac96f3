"""Weights of recurrent layers that get zeros for a reason of their own, and that reason."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from backtrace.diagnose.graph_lines import only_line
from backtrace.diagnose.stretch import Stretch

_WEIGHT = re.compile(
    r"(?P<layer>(?:.*\.)?)(?:weight|bias)_(?:ih|hh|hr)_l(?P<depth>\d+)(?:_reverse)?"
)
_INPUT = re.compile(r"(?P<layer>(?:.*\.)?)weight_ih_l0(?P<back>_reverse)?")


def part_by_reason(run: Stretch, names: Sequence[str]) -> list[tuple[str, ...]]:
    """Return names in groups: layers that stand above one that is read, inputs of zeros, others."""
    learned = _learned(run)
    above = [name for name in names if _is_above(run, name, names, learned)]
    fed = [name for name in names if is_fed_zeros(name, learned)]
    others = [name for name in names if name not in above and name not in fed]
    return [tuple(group) for group in (others, above, fed) if group]


def explain_upper_layer(run: Stretch, names: Sequence[str]) -> tuple[str, str, str] | None:
    """Return why the weights of upper layers got zeros, what to do, and where; None if not so.

    The line is the one that takes the first place of a state, if one alone does.
    """
    learned = _learned(run)
    if not all(_is_above(run, name, names, learned) for name in names):
        return None
    return (
        ": the loss is made of the states of a layer below them alone",
        "take the state of the last layer, h_n[-1]: the first axis of h_n is that of the layers",
        only_line(run, "lower"),
    )


def is_fed_zeros(name: str, learned: Set[str]) -> bool:
    """Whether a weight that got zeros is a recurrent layer's on its input, and its bias learned.

    What it is given is zero then. A decoder may be given nothing but the state that it starts from.
    """
    found = _INPUT.fullmatch(name)
    return found is not None and f"{found['layer']}bias_ih_l0{found['back'] or ''}" in learned


def _is_above(run: Stretch, name: str, names: Sequence[str], learned: Set[str]) -> bool:
    """Whether all of a layer, and of those above it, is among `names`, and one below it learned."""
    found = _WEIGHT.fullmatch(name)
    if found is None or found["depth"] == "0":
        return False
    beside = [(each, match) for each in run.parameters if (match := _WEIGHT.fullmatch(each))]
    own = [(each, match) for each, match in beside if match["layer"] == found["layer"]]
    depth = int(found["depth"])
    is_idle = all(each in names for each, match in own if int(match["depth"]) >= depth)
    return is_idle and any(each in learned for each, match in own if int(match["depth"]) < depth)


def _learned(run: Stretch) -> Set[str]:
    return run.census.learned if run.census else frozenset()

"""Weights of recurrent layers that get zeros for a reason of their own, and that reason."""

from __future__ import annotations

import re
from collections.abc import Sequence

from backtrace.diagnose.graph_lines import only_line
from backtrace.diagnose.stretch import Stretch

_WEIGHT = re.compile(
    r"(?P<layer>(?:.*\.)?)(?:weight|bias)_(?:ih|hh|hr)_l(?P<depth>\d+)(?:_reverse)?"
)
_INPUT = re.compile(r"(?P<layer>(?:.*\.)?)weight_ih_l0(?P<back>_reverse)?")


def part_by_reason(run: Stretch, names: Sequence[str]) -> list[tuple[str, ...]]:
    """Return names in groups: layers that stand above one that is read, inputs of zeros, others."""
    above = [name for name in names if _is_above(run, name, names)]
    fed = [name for name in names if is_fed_zeros(run, name)]
    others = [name for name in names if name not in above and name not in fed]
    return [tuple(group) for group in (others, above, fed) if group]


def explain_upper_layer(run: Stretch, names: Sequence[str]) -> tuple[str, str, str] | None:
    """Return why the weights of upper layers got zeros, what to do, and where; None if not so.

    The line is the one that takes the first place of a state, if one alone does.
    """
    if not all(_is_above(run, name, names) for name in names):
        return None
    return (
        ": the loss is made of the states of a layer below them alone",
        "take the state of the last layer, h_n[-1]: the first axis of h_n is that of the layers",
        only_line(run, "lower"),
    )


def is_fed_zeros(run: Stretch, name: str) -> bool:
    """Whether a recurrent layer's weight on its input got zeros, and the bias beside it did not.

    What it is given is zero then. A decoder may be given nothing but the state that it starts from.
    """
    found = _INPUT.fullmatch(name)
    beside = f"{found['layer']}bias_ih_l0{found['back'] or ''}" if found else ""
    return beside in _learned(run)


def _is_above(run: Stretch, name: str, names: Sequence[str]) -> bool:
    """Whether all of a layer, and of those above it, is among `names`, and one below it learned."""
    found = _WEIGHT.fullmatch(name)
    if found is None or found["depth"] == "0":
        return False
    beside = [(each, match) for each in run.parameters if (match := _WEIGHT.fullmatch(each))]
    own = [(each, match) for each, match in beside if match["layer"] == found["layer"]]
    depth = int(found["depth"])
    is_idle = all(each in names for each, match in own if int(match["depth"]) >= depth)
    learned = _learned(run)
    return is_idle and any(each in learned for each, match in own if int(match["depth"]) < depth)


def _learned(run: Stretch) -> frozenset[str]:
    tensors = run.census.tensors if run.census else ()
    return frozenset(each.name for each in tensors if each.has_learned)

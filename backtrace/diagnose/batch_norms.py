"""The batch norms of a model, and the parameters that are theirs."""

from __future__ import annotations

from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.facts import ModelSeen


def norms_of(model: ModelSeen) -> list[str]:
    """Return the names of a model's batch norms."""
    return [name for name, kind in model.switched.items() if "BatchNorm" in kind]


def weight_of(model: ModelSeen, norm: str) -> str:
    """Return its weight's name: that of the model which had it first, where two share a part.

    That one may have had the part under another name: then the longest end that one name has.
    """
    own = f"{norm}.weight"
    if own in model.parameters:
        return own
    inside = end = f"{norm.removeprefix(f'{model.module}.')}.weight"
    while "." in end:
        found = [name for name in model.parameters if name == end or name.endswith(f".{end}")]
        if found:
            return found[0] if end == inside or len(found) == 1 else own
        end = end.partition(".")[2]
    return own


def parameters_of_norms(run: Stretch) -> set[str]:
    """Return the weights and biases of all norms: a weight of one axis, which no other layer has.

    By their shapes, as a batch norm whose statistics Lightning has stopped is not told from others.
    """
    weights = {
        name
        for name, seen in run.parameters.items()
        if name.endswith("weight") and len(seen.shape) == 1
    }
    return weights | {f"{name.removesuffix('weight')}bias" for name in weights}

"""Whether a batch norm has ever seen a batch, by its buffers."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.modules.batchnorm import _NormBase

from backtrace.explain.graph.no_values import has_no_values


def is_untouched(norm: nn.Module) -> bool:
    """Whether its statistics are as they were made, and its weight or bias is not.

    Those of a norm that never learned either are an identity, which harms nobody.
    """
    if not isinstance(norm, _NormBase):
        return False
    mean, var, weight = norm.running_mean, norm.running_var, norm.weight
    is_there = all(
        isinstance(x, Tensor) and not has_no_values(x) for x in (mean, var, weight, norm.bias)
    )
    if not is_there or mean is None or var is None:
        return False
    has_learned = bool((weight != 1).any()) or bool((norm.bias != 0).any())
    return has_learned and bool((mean == 0).all()) and bool((var == 1).all())

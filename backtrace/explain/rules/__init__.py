"""Backward rules written out by hand: one file per family, and the table that finds them."""

from __future__ import annotations

from torch import nn

from backtrace.explain.rules import (
    activation,
    attention,
    convolution,
    dropout,
    embedding,
    linear,
    losses_class,
    losses_elementwise,
    normalization,
    pooling,
    recurrent,
    reshape,
    softmax,
)
from backtrace.explain.rules.backward_rule import FoundRule, Gradients, Rules

_FAMILIES = (
    activation, attention, convolution, dropout, embedding, linear, losses_class,
    losses_elementwise, normalization, pooling, recurrent, reshape, softmax,
)  # fmt: skip

TABLE: Rules = {}
for _family in _FAMILIES:
    TABLE.update(_family.RULES)


def find_rule(module: nn.Module) -> FoundRule | None:
    """Return the rule of a layer or loss; None if it has none or the rule refuses an option."""
    rule = _look_up(module)
    return None if rule is None or rule.refuse(module) else rule


def why_no_rule(module: nn.Module) -> str:
    """Say why `find_rule` gives None."""
    rule = _look_up(module)
    return f"no rule for {type(module).__name__}" if rule is None else rule.refuse(module)


def has_table_entry(module: nn.Module) -> bool:
    """Tell whether a rule is written for a layer or loss, be it that it refuses an option."""
    return _look_up(module) is not None


def _look_up(module: nn.Module) -> FoundRule | None:
    """Return the rule for a class of torch's; a subclass keeps it unless it has its own forward."""
    for cls in type(module).__mro__:
        if cls in TABLE:
            return TABLE[cls] if type(module).forward is cls.forward else None
    return None


__all__ = ["TABLE", "FoundRule", "Gradients", "find_rule", "has_table_entry", "why_no_rule"]

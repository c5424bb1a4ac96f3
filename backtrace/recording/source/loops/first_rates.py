"""Where the rate of an optimizer's first group is taken, and may be meant for all of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope

_RATES = ("lr", "initial_lr")


def find_first_rates(scope: Scope) -> Iterator[Slip]:
    """Give each assignment of the first group's rate where an object is made, such as a schedule.

    That is as it should be where there is one group, or where all have the same rate.
    """
    if scope.name != "__init__":
        return
    for node in scope.nodes():
        match node:
            case ast.Assign(value=value) if _is_first_rate(value):
                yield Slip(node.lineno, "first-rate", ast.unparse(value)[:LONGEST])


def _is_first_rate(node: ast.expr) -> bool:
    """Whether this is `optimizer.param_groups[0]["lr"]`, or the first of a list of all rates."""
    match node:
        case ast.Subscript(
            value=ast.Subscript(
                value=ast.Attribute(attr="param_groups"), slice=ast.Constant(value=0)
            ),
            slice=ast.Constant(value=key),
        ):
            return key in _RATES
        case ast.Subscript(
            value=ast.ListComp(
                elt=ast.Subscript(slice=ast.Constant(value=key)),
                generators=[ast.comprehension(iter=ast.Attribute(attr="param_groups"))],
            ),
            slice=ast.Constant(value=0),
        ):
            return key in _RATES
    return False

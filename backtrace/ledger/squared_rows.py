"""Which operation on the way to a loss pairs every row with every other."""

from __future__ import annotations

from backtrace.ledger.facts import Op

_MIXING = ("SubBackward", "MulBackward", "RsubBackward")


def squares_rows(op: Op, path: tuple[Op, ...]) -> bool:
    """Whether an operation of one graph input made rows x rows out of a column or a flat list.

    Something that is meant to be a matrix is summed along one side, or was made by unsqueeze; and
    a column is multiplied with one.
    """
    if not op.name.startswith(_MIXING) or len(op.inputs) != 1 or len(op.output) not in (2, 3):
        return False
    (shape,), (*front, rows, columns) = op.inputs, op.output
    is_column = shape == (*front, rows, 1) and not op.name.startswith("MulBackward")
    if rows != columns or rows < 2 or not (is_column or shape == (rows,)):
        return False
    if any(each.output not in ((), op.output) for each in path if op.output in each.inputs):
        return False
    makers = [each.name for each in path if each.output == shape]
    if front:  # quantiles and the like are paired along a sequence, after they were reshaped
        return is_column and not makers
    return not any(name.startswith("Unsqueeze") for name in makers)

"""Which operation on the way to a loss pairs every row with every other."""

from __future__ import annotations

from backtrace.ledger.graph_seen import Op

_MIXING = ("SubBackward", "MulBackward", "RsubBackward")
# What may stand between products of all pairs and their mean in a policy's loss.
_PLAIN = ("Neg", "Mul", "Div", "Mean", "Sum", "Minimum", "Maximum", "MinBackward1", "MaxBackward1")
# What takes of each row's log-probabilities that of the action.
_PICKING = ("Gather", "Index", "Select", "Squeeze", "Sum")
# What gives a flat list its column, or a column its list, by hand.
_TURNED = ("Unsqueeze", "Squeeze", "View", "Reshape", "Expand")


def squares_rows(op: Op, path: tuple[Op, ...]) -> bool:
    """Whether an operation made rows x rows out of a column, a flat list, or one of each.

    Something that is meant to be a matrix is summed along one side, or was made by unsqueeze; and
    a column is multiplied with one. A list of log-probabilities meets no matrix.
    """
    if not op.name.startswith(_MIXING) or len(op.output) not in (2, 3):
        return False
    *front, rows, columns = op.output
    if rows != columns or rows < 2 or len(op.inputs) not in (1, 2):
        return False
    if any(each.output not in ((), op.output) for each in path if op.output in each.inputs):
        return False
    if len(op.inputs) == 2 or op.name.startswith("MulBackward"):
        return not front and _meets_column(op, path)
    return _is_squared(op, path, front)


def _is_squared(op: Op, path: tuple[Op, ...], front: list[int]) -> bool:
    """Whether a column or a list met what has no graph, and was not made for that."""
    (shape,), rows = op.inputs, op.output[-1]
    is_column = shape == (*front, rows, 1)
    if not (is_column or shape == (rows,)):
        return False
    makers = [each.name for each in path if each.output == shape]
    if front:  # quantiles and the like are paired along a sequence, after they were reshaped
        return is_column and not makers
    return not any(name.startswith("Unsqueeze") for name in makers)


def _meets_column(op: Op, path: tuple[Op, ...]) -> bool:
    """Whether a list met a column, and it is not said that each is to meet all.

    Where a list alone has a graph that is enough. Else nothing but a mean may follow; and where
    both have one, neither may have been made of the other.
    """
    rows = op.output[0]
    if op.name.startswith("MulBackward") and op.inputs == ((rows,),) and not op.factor:
        return _meets_matrix(op, path)
    met = {*op.inputs, op.factor} if len(op.inputs) == 1 else {*op.inputs}
    if met != {(rows,), (rows, 1)}:
        return False
    makers = [each.name for each in path if each.output in op.inputs]
    if any(name.startswith("Unsqueeze") for name in makers):
        return False
    is_taken = any(name.startswith("Gather") for name in makers)  # the actions of a policy
    is_turned = any(name.startswith(_TURNED) for name in makers)
    if len(op.inputs) == 2 and is_turned and not is_taken:
        return False
    if op.inputs == ((rows,),):
        return True
    after = [each for each in path if op.output in each.inputs]
    return all(_is_plain(each, op.output) for each in after)


def _meets_matrix(op: Op, path: tuple[Op, ...]) -> bool:
    """Whether what was picked of each row's scores met all pairs, on to a mean that is negated.

    As log-probabilities of actions do. Those pairs were made before, without a graph, as by a list
    of returns less a column of values.
    """
    makers = [each.name for each in path if each.output in op.inputs]
    after = [each for each in path if op.output in each.inputs]
    is_picked = any(name.startswith(_PICKING) for name in makers)
    is_negated = any(each.name.startswith("Neg") for each in path)
    return is_picked and is_negated and all(_is_plain(each, op.output) for each in after)


def _is_plain(op: Op, pairs: tuple[int, ...]) -> bool:
    """Whether an operation takes products on towards a mean; of two sums one part may be rows."""
    if op.name.startswith(("Add", "Sub")):
        return op.inputs != (pairs,) and op.inputs.count(pairs) == 1
    return op.name.startswith(_PLAIN)

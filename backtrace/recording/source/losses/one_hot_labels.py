"""Labels in one-hot form that a classifier of transformers' is given, and no problem type."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, called_name, parents_in, word_set
from backtrace.recording.source.walks import walk

_HEADS = word_set("ForSequenceClassification ForImageClassification ForAudioClassification")
# What says that they are for many labels, or that the loss is the file's own.
_OWN = word_set("problem_type binary_cross_entropy_with_logits BCEWithLogitsLoss compute_loss_func")
_CONVERSIONS = word_set("float to type astype double half")
_FLOATS = word_set("float float16 float32 float64 bfloat16 double half FloatTensor")


def find_one_hot_labels(scope: Scope) -> Iterator[Slip]:
    """Give each line that makes such labels of floats, where nothing says what they are for."""
    if not isinstance(scope.node, ast.Module) or not leaves_it_to_the_labels(scope.tree):
        return
    for node in walk(scope.tree):
        match node:
            case ast.Call(func=func) if called_name(func) == "one_hot":
                made = _converted(node, scope.tree)
            case ast.Subscript(value=ast.Call(func=func) as eye) if _are_floats(eye):
                made = node
            case _:
                continue
        if _is_label(made, scope.tree):
            yield Slip(node.lineno, "one-hot-labels", called_name(func))


def _are_floats(call: ast.Call) -> bool:
    """Whether a call makes the rows of an identity, `eye(n)`, and of floats, as it does untold."""
    told = [each.value for each in call.keywords if each.arg == "dtype"]
    return called_name(call.func) == "eye" and all(called_name(each) in _FLOATS for each in told)


def leaves_it_to_the_labels(tree: ast.Module) -> bool:
    """Whether a classifier of transformers' is used, and nothing says by which loss."""
    has_head = False
    for node in walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
                if name in _OWN:
                    return False
                has_head = has_head or any(name.endswith(each) for each in _HEADS)
            case ast.FunctionDef(name="compute_loss"):
                return False
            case ast.Constant(value="problem_type" | "multi_label_classification"):
                return False
    return has_head


def _converted(call: ast.Call, tree: ast.Module) -> ast.AST | None:
    """Return labels as they are once they are floats; None where they never are."""
    parents = parents_in(tree)
    node: ast.AST = call
    is_float = False
    while isinstance(above := parents.get(id(node)), ast.Attribute):
        outer = parents.get(id(above))
        if not isinstance(outer, ast.Call) or above.attr not in _CONVERSIONS:
            return None
        names = {above.attr} | {called_name(each) for each in outer.args}
        is_float = is_float or bool(names & _FLOATS)
        node = outer
    return node if is_float else None


def _is_label(node: ast.AST | None, tree: ast.Module) -> bool:
    """Whether a value is what an entry `labels` has, or a variable is that this is taken of."""
    above = parents_in(tree).get(id(node)) if node is not None else None
    match above:
        case ast.Dict() | ast.keyword():
            return any(value is node for value in _labels_in(tree))
        case ast.Assign(targets=[ast.Subscript(slice=ast.Constant(value="labels"))]):
            return True
        case ast.Assign(targets=[ast.Name() | ast.Attribute() as target]):
            name = ast.unparse(target)
            return any(_taken_of(value) == name for value in _labels_in(tree))
    return False


def _labels_in(tree: ast.Module) -> Iterator[ast.expr]:
    """Give what a file calls `labels` in a dict or a call."""
    for node in walk(tree):
        match node:
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == "labels":
                        yield value
            case ast.keyword(arg="labels", value=value):
                yield value


def _taken_of(value: ast.expr) -> str:
    return ast.unparse(value.value if isinstance(value, ast.Subscript) else value)

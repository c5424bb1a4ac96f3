"""Arguments of torch's layers and initialisers that by their place are others than are meant."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set, words_of
from backtrace.recording.source.walks import walk

_CHANNEL_NORMS = word_set(
    "BatchNorm1d BatchNorm2d BatchNorm3d SyncBatchNorm InstanceNorm1d InstanceNorm2d InstanceNorm3d"
)
_LARGE = 0.05  # no epsilon of a norm is meant to be as large
_SMALL_MEAN = 0.1  # a deviation, where a mean that is so near zero would be 0
_DECAY = 0.01  # no momentum is meant to be as small
_WEIGHTS = word_set("weight weights bias w b data")

Misplaced = Callable[[ast.Call], str]


def find_misplaced_arguments(scope: Scope) -> Iterator[Slip]:
    """Give each call such as `BatchNorm2d(64, 0.8)`, where 0.8 is the epsilon.

    `name` is how the call is written, `beside` the argument that the value is.
    """
    own = {each.name for each in walk(scope.tree) if isinstance(each, ast.ClassDef)} | scope.defined
    for node in scope.nodes():
        if isinstance(node, ast.Call) and called_name(node.func) not in own:
            if any(isinstance(each, ast.Starred) for each in node.args):
                continue
            found = next((place for look in _LOOKS if (place := look(node))), "")
            if found:
                yield Slip(node.lineno, "argument-misplaced", ast.unparse(node)[:LONGEST], found)


def _epsilon(call: ast.Call) -> str:
    """Of a norm whose epsilon is a momentum, a yes or no, or its number of channels once more."""
    called = called_name(call.func)
    place = 1 if called in _CHANNEL_NORMS | {"LayerNorm"} else 2 if called == "GroupNorm" else 0
    if not place or len(call.args) != place + 1:
        return ""
    value = call.args[place]
    number = _number(value)
    is_again = ast.dump(value) == ast.dump(call.args[place - 1])
    is_wrong = _is_truth(value) or is_again or (number is not None and number >= _LARGE)
    return "eps" if is_wrong or "momentum" in words_of(called_name(value)) else ""


def _mean(call: ast.Call) -> str:
    """Of a normal draw that is given one small number: its mean, while the deviation stays 1."""
    if called_name(call.func) not in ("normal_", "trunc_normal_") or call.keywords:
        return ""
    number = _number(call.args[-1]) if len(call.args) == 1 + _is_function(call) else None
    return "mean" if number is not None and 0 < number <= _SMALL_MEAN else ""


def _lower_bound(call: ast.Call) -> str:
    """Of a uniform draw of weights that is given one number: they lie between that and 1."""
    if called_name(call.func) != "uniform_" or call.keywords:
        return ""
    is_function = _is_function(call)
    if len(call.args) != 1 + is_function or not isinstance(call.func, ast.Attribute):
        return ""
    drawn = call.args[0] if is_function else call.func.value
    number = _number(call.args[-1])
    is_weight = bool(words_of(called_name(drawn)) & _WEIGHTS)
    return "a" if is_weight and number is not None and 0 < number < 1 else ""


def _recurrent(call: ast.Call) -> str:
    """Of a recurrent layer that is given `True` without a name: its bias or number of layers."""
    if called_name(call.func) not in ("LSTM", "GRU") or len(call.args) not in (3, 4):
        return ""
    if any(each.arg in ("batch_first", None) for each in call.keywords):
        return ""
    is_true = isinstance(call.args[-1], ast.Constant) and call.args[-1].value is True
    return ("num_layers", "bias")[len(call.args) - 3] if is_true else ""


def _slope(call: ast.Call) -> str:
    """Of a leaky ReLU that is given `True`: its slope, which makes it no more than a line."""
    place = {"LeakyReLU": 0, "leaky_relu": 1}.get(called_name(call.func))
    if place is None or len(call.args) != place + 1:
        return ""
    return "negative_slope" if _is_truth(call.args[place]) else ""


def _momentum(call: ast.Call) -> str:
    """Of SGD that is given a weight decay where its momentum stands."""
    if called_name(call.func) != "SGD" or len(call.args) != 3:
        return ""
    if any(each.arg in ("weight_decay", None) for each in call.keywords):
        return ""
    number = _number(call.args[2])
    return "momentum" if number is not None and 0 < number <= _DECAY else ""


_LOOKS: tuple[Misplaced, ...] = (_epsilon, _mean, _lower_bound, _recurrent, _slope, _momentum)


def _is_function(call: ast.Call) -> bool:
    """Whether the call is of `init.normal_`, with the tensor as its first argument."""
    func = call.func
    return isinstance(func, ast.Name) or (
        isinstance(func, ast.Attribute) and called_name(func.value) == "init"
    )


def _is_truth(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, bool)


def _number(value: ast.expr) -> float | None:
    match value:
        case ast.Constant(value=int(number) | float(number)) if not _is_truth(value):
            return number
    return None

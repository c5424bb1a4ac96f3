"""Evaluations in which a model is still handed the right answers, by its default for training."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.bound_calls import arguments_of
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, assigned_pairs, called_name, words_of
from backtrace.recording.source.walks import Function, walk

_MODES = ("train", "eval")


@dataclass(frozen=True)
class _Forced:
    """A class whose `forward` has a share of right answers as its argument `place`."""

    name: str
    ratio: str
    place: int
    default: float


def find_forced_evaluations(scope: Scope) -> Iterator[Slip]:
    """Give each call after `model.eval()` of a model that forces as it was told by default.

    The default is above 0 and below 1, so that its answers are drawn; where it is 1 it may be the
    likelihood of a text that is wanted. A `forward` that asks whether it trains is left alone.
    """
    calls = [node for node in scope.nodes() if isinstance(node, ast.Call)]
    if not any(_mode_of(each) for each in calls):
        return
    classes = {each.name: each for each in _forced_in(scope.tree)}
    for call in calls if classes else ():
        match call.func:
            case ast.Name(id=name):
                pass
            case _:
                continue
        forced = _class_of(name, classes, scope)
        if forced is None or not _is_left(call, forced):
            continue
        if _is_evaluating(call, name, calls):
            text = f"{forced.ratio}={forced.default:g}"
            yield Slip(call.lineno, "forced-evaluation", text, ast.unparse(call)[:LONGEST])


def _forced_in(tree: ast.Module) -> Iterator[_Forced]:
    """Give the classes of a file that draw whether a right answer is handed on."""
    for node in tree.body:
        if not isinstance(node, ast.ClassDef):
            continue
        methods = [each for each in node.body if isinstance(each, Function)]
        for method in methods:
            if method.name != "forward":
                continue
            for place, name, share in _shares_of(method):
                users = [each for each in methods if name in arguments_of(each)]
                draws = any(_draws_by(name, each) for each in users)
                if draws and not any(_asks(name, each) for each in users):
                    yield _Forced(node.name, name, place - 1, share)


def _shares_of(function: Function) -> Iterator[tuple[int, str, float]]:
    """Give the arguments that are shares of teacher forcing, with their places and defaults."""
    named = [each.arg for each in function.args.args]
    first = len(named) - len(function.args.defaults)
    for place, default in enumerate(function.args.defaults, first):
        match default:
            case ast.Constant(value=float() as share) if 0 < share < 1 and _is_ratio(named[place]):
                yield place, named[place], share


def _is_ratio(name: str) -> bool:
    words = words_of(name)
    return bool(words & {"teacher", "forcing", "tf", "tfr"}) and not words & {
        "loss",
        "weight",
    }


def _draws_by(name: str, function: Function) -> bool:
    """Whether a function compares a draw with a name."""
    draws = any(
        isinstance(each, ast.Call) and "rand" in ast.unparse(each.func) for each in walk(function)
    )
    return draws and any(
        isinstance(each, ast.Compare) and _is_read(name, each) for each in walk(function)
    )


def _asks(name: str, function: Function) -> bool:
    """Whether a function writes the share itself, or asks for its mode, or for more than a draw."""
    for node in walk(function):
        match node:
            case ast.Attribute(attr="training") | ast.Name(id="training"):
                return True
            case ast.Name(id=stored, ctx=ast.Store()) if stored == name:
                return True
            case ast.BoolOp() if _is_read(name, node):
                return True
            case ast.IfExp(test=test) if _is_read(name, node) and not _is_read(name, test):
                return True
            case ast.If(test=test) if not _is_read(name, test) and any(
                isinstance(each, ast.Compare) and _is_read(name, each)
                for part in node.body
                for each in walk(part)
            ):
                return True
    return False


def _is_read(name: str, node: ast.AST) -> bool:
    return any(isinstance(each, ast.Name) and each.id == name for each in walk(node))


def _class_of(name: str, classes: dict[str, _Forced], scope: Scope) -> _Forced | None:
    """Return the class that a name is an object of, by what it is given anywhere in the file."""
    made = {
        called_name(each.func)
        for node in walk(scope.tree)
        if isinstance(node, ast.stmt)
        for target, value in assigned_pairs(node)
        if isinstance(target, ast.Name) and target.id == name
        for each in walk(value)
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)
    }
    found = [classes[each] for each in made if each in classes]
    return found[0] if len(found) == 1 else None


def _is_left(call: ast.Call, forced: _Forced) -> bool:
    """Whether a call hands over a target, and says nothing of the share."""
    if any(isinstance(each, ast.Starred) for each in call.args):
        return False
    names = [each.arg for each in call.keywords]
    given = [*call.args, *(each.value for each in call.keywords)]
    is_plain = not any(isinstance(each, ast.Constant) for each in given)
    return (
        is_plain
        and len(given) > 1
        and len(call.args) <= forced.place
        and None not in names
        and forced.ratio not in names
    )


def _mode_of(call: ast.Call) -> tuple[str, str] | None:
    """Return whose mode a call sets, and to what."""
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr)) if attr in _MODES:
            is_off = attr == "train" and any(
                isinstance(each, ast.Constant) and each.value is False
                for each in (*call.args, *(word.value for word in call.keywords))
            )
            return name, "eval" if is_off else attr
    return None


def _is_evaluating(call: ast.Call, name: str, calls: list[ast.Call]) -> bool:
    """Whether the mode that was set last before is that of evaluation, and nothing trains in it."""
    modes = sorted(
        (each.lineno, mode[1]) for each in calls if (mode := _mode_of(each)) and mode[0] == name
    )
    before = [each for each in modes if each[0] < call.lineno]
    if not before or before[-1][1] != "eval":
        return False
    end = min((line for line, _ in modes if line > call.lineno), default=None)
    return not any(
        called_name(each.func) == "backward"
        and each.lineno > before[-1][0]
        and (end is None or each.lineno < end)
        for each in calls
    )

"""Whether an environment's episodes end for good, and are not only cut off after so many steps."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from backtrace.recording.source.source_file import called_name, word_set, words_of
from backtrace.recording.source.walks import Function, own_nodes, walk

_TIMES = word_set(
    "t T time times timer step steps timestep timesteps count counter counts tick ticks elapsed "
    "horizon limit max length len episode iteration iterations i n k num cur current total self"
)
# Of these all or some episodes end by what happens in them, and of those none does.
_ENDING = re.compile(
    r"^(ALE/\w+|CartPole|Acrobot|MountainCar|LunarLander|BipedalWalker|FrozenLake|CliffWalking|"
    r"Taxi|Blackjack|Hopper|Walker2d|Ant|Humanoid|InvertedPendulum|InvertedDoublePendulum)-v\d+$"
)
_ENDLESS = re.compile(r"^(Pendulum|HalfCheetah|Reacher|Swimmer|Pusher|Fetch|CarRacing)\w*-v\d+$")
_CONVERTING = word_set("bool int float bool_ any all")
_DEEPEST = 4


def ends_for_good(tree: ast.Module, step: str, place: int, parts: int) -> bool:
    """Whether the end, in this place of what a `step` returns, may be a state's own.

    The function of that name is looked into where the file has it, and otherwise the name of the
    environment that it makes. Of what is neither, nothing is said.
    """
    functions = [each for each in walk(tree) if isinstance(each, Function)]
    said = [
        (each.value.elts[place], function)
        for function in functions
        if function.name == step
        for each in own_nodes(function)
        if isinstance(each, ast.Return) and isinstance(each.value, ast.Tuple)
        if len(each.value.elts) == parts
    ]
    if said:
        return any(_is_real(value, function, tree, _DEEPEST) for value, function in said)
    texts = [each.value for each in walk(tree) if isinstance(each, ast.Constant)]
    names = [each for each in texts if isinstance(each, str)]
    return any(map(_ENDING.match, names)) and not any(map(_ENDLESS.match, names))


def _is_real(node: ast.expr, function: Function, tree: ast.Module, most: int) -> bool:
    """Whether an expression may be true for another reason than how many steps were taken."""
    match node:
        case ast.Constant(value=value):
            return value is True
        case ast.BoolOp(values=parts):
            inner: list[ast.expr] = parts
        case ast.UnaryOp(op=ast.Not(), operand=one):
            inner = [one]
        case ast.Name() | ast.Attribute():
            inner = list(_given(ast.unparse(node), function, tree))
        case ast.Call(func=func) if called_name(func) in _CONVERTING and node.args:
            inner = node.args
        case ast.Call(func=func) if own := list(_returned(called_name(func), tree)):
            return most > 0 and any(_is_real(each, at, tree, most - 1) for each, at in own)
        case ast.Compare() | ast.Call():
            return any(not words_of(name) <= _TIMES for name in _names_in(node))
        case _:
            return False
    return most > 0 and any(_is_real(each, function, tree, most - 1) for each in inner)


def _given(text: str, function: Function, tree: ast.Module) -> Iterator[ast.expr]:
    """Give what a variable of a function, or an attribute of the file's objects, is given."""
    for node in walk(tree) if "." in text else own_nodes(function):
        match node:
            case ast.Assign(targets=targets, value=value):
                if any(ast.unparse(each) == text for each in targets):
                    yield value


def _returned(name: str, tree: ast.Module) -> Iterator[tuple[ast.expr, Function]]:
    for function in walk(tree):
        if isinstance(function, Function) and function.name == name:
            for each in own_nodes(function):
                if isinstance(each, ast.Return) and each.value is not None:
                    yield each.value, function


def _names_in(node: ast.expr) -> Iterator[str]:
    """Give the names in an expression, but those of what is called."""
    called = {id(each.func) for each in walk(node) if isinstance(each, ast.Call)}
    for each in walk(node):
        if isinstance(each, ast.Name | ast.Attribute) and id(each) not in called:
            yield called_name(each)

"""A teacher's soft targets at a temperature, in a sum of losses, without the square of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from backtrace.recording.source.last_given import LastGiven
from backtrace.recording.source.plain_numbers import numbers_given
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set, words_of
from backtrace.recording.source.walks import walk

_SOFT = word_set("softmax log_softmax")
_DIVERGENCES = word_set("kl_div KLDivLoss")
_TEMPERATURES = word_set("temperature temp tau t")
_POWERS = word_set("pow square")
_KEPT = word_set("detach float to mean sum")  # what a value stays under
_FOLLOWED = 4  # names on the way to a softmax


def find_unsquared_temperatures(scope: Scope) -> Iterator[Slip]:
    """Give each divergence of two softmaxes at one temperature above 1 that a sum is made with.

    Not where a temperature multiplies anything in the file, or the divergence's weight is above 1.
    """
    if not _takes_softmax(scope.tree):
        return
    compared = [(node, _compared(node, scope.tree)) for node in scope.nodes()]
    pairs = [(node, pair) for node, pair in compared if pair is not None]
    if not pairs or _is_multiplied(scope.tree, _TEMPERATURES):
        return
    given = LastGiven(scope.tree, scope.node)
    for node, (one, other) in pairs:
        first, second = _temperature(one, given), _temperature(other, given)
        if first is None or second is None or ast.dump(first) != ast.dump(second):
            continue
        if _is_multiplied(scope.tree, words_of(called_name(first))):
            continue
        if _is_above_one(first, scope.tree) and _is_light_part(node, scope):
            line, told = getattr(node, "lineno", 0), ast.unparse(first)[:LONGEST]
            yield Slip(line, "temperature-unsquared", told)


@lru_cache(maxsize=2)
def _takes_softmax(tree: ast.Module) -> bool:
    calls = (node for node in walk(tree) if isinstance(node, ast.Call))
    return any(called_name(call.func) in _SOFT for call in calls)


def _compared(node: ast.AST, tree: ast.Module) -> tuple[ast.expr, ast.expr] | None:
    """Return what a divergence compares, or the two factors of a cross entropy by hand."""
    match node:
        case ast.Call(func=func, args=[one, other, *_]):
            is_divergence = called_name(func) in _DIVERGENCES or _is_made_divergence(func, tree)
            return (one, other) if is_divergence else None
        case ast.BinOp(left=one, op=ast.Mult(), right=other):
            return one, other
    return None


def _is_made_divergence(func: ast.expr, tree: ast.Module) -> bool:
    """Whether what is called is a `KLDivLoss`, or was given one in the file."""
    if isinstance(func, ast.Call):
        return called_name(func.func) in _DIVERGENCES
    return called_name(func) in _made_divergences(tree)


@lru_cache(maxsize=2)
def _made_divergences(tree: ast.Module) -> frozenset[str]:
    """Return the names that a file gives a divergence to."""
    return frozenset(
        called_name(target)
        for node in walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if called_name(node.value.func) in _DIVERGENCES
        for target in node.targets
    ) - {""}


def _temperature(node: ast.expr, given: LastGiven) -> ast.expr | None:
    """Return what the input of a softmax is divided by; None of anything else."""
    is_soft = False
    for _ in range(_FOLLOWED * 2):
        match given.follow(node):
            case ast.Call(func=func, args=args) if called_name(func) in _SOFT:
                is_soft = True
                is_method = isinstance(func, ast.Attribute) and not _is_library(func.value)
                inside = [func.value] if isinstance(func, ast.Attribute) and is_method else args
                if not inside:
                    return None
                node = inside[0]
            case ast.Call(func=ast.Attribute(value=inner, attr=method)) if method in _KEPT:
                node = inner
            case ast.BinOp(op=ast.Div(), right=right) if is_soft:
                return right
            case _:
                return None
    return None


def _is_library(node: ast.expr) -> bool:
    return ast.unparse(node) in ("F", "torch", "nn.functional", "torch.nn.functional", "functional")


def _is_temperature(node: ast.AST, words: frozenset[str]) -> bool:
    match node:
        case (
            ast.Name(id=name)
            | ast.Attribute(attr=name)
            | ast.Subscript(slice=ast.Constant(value=str(name)))
        ):
            return bool(words_of(name) & words)
    return False


def _is_multiplied(tree: ast.Module, words: frozenset[str]) -> bool:
    """Whether a temperature, of such a name, is a factor or raised to a power in a file."""
    for node in walk(tree):
        match node:
            case ast.BinOp(left=left, op=ast.Mult() | ast.Pow(), right=right):
                if _is_temperature(left, words) or _is_temperature(right, words):
                    return True
            case ast.AugAssign(op=ast.Mult(), value=value) if _is_temperature(value, words):
                return True
            case ast.Call(func=func, args=[*args]) if called_name(func) in _POWERS:
                owner = [func.value] if isinstance(func, ast.Attribute) else []
                if any(_is_temperature(each, words) for each in (*owner, *args)):
                    return True
    return False


def _is_above_one(node: ast.expr, tree: ast.Module) -> bool:
    match node:
        case ast.Constant(value=int() | float() as number):
            return number > 1
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return any(number > 1 for number in numbers_given(name, tree))
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return any(number > 1 for number in numbers_given(name, tree))
    return False


def _is_light_part(node: ast.AST, scope: Scope) -> bool:
    """Whether a loss is added to another, and no number above 1 that is known weighs it."""
    wanted, names = {id(node)}, set[str]()
    for each in (*scope.statements(), *_others(scope)):
        if not _has(each, wanted, names):
            continue
        for part in walk(each):
            match part:
                case ast.BinOp(left=left, op=ast.Add(), right=right):
                    for side, beside in ((left, right), (right, left)):
                        if _has(side, wanted, names) and not isinstance(beside, ast.Constant):
                            return not _is_heavy(side, wanted, names, scope.tree)
                case ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=value):
                    if "loss" in name and _has(value, wanted, names):
                        return not _is_heavy(value, wanted, names, scope.tree)
        match each:
            case ast.Assign(targets=[target], value=value):
                if _is_heavy(value, wanted, names, scope.tree):
                    return False
                names.update(part for part in _targets(target))
            case ast.Return() if scope.name:
                names.update(_callers(scope))
    return False


def _others(scope: Scope) -> Iterator[ast.stmt]:
    """Give the statements of the rest of the file, in the order of their lines."""
    own = {id(each) for each in scope.statements()}
    rest = [n for n in walk(scope.tree) if isinstance(n, ast.stmt) and id(n) not in own]
    compound = ast.FunctionDef | ast.ClassDef | ast.For | ast.While | ast.If | ast.With | ast.Try
    yield from sorted(
        (each for each in rest if not isinstance(each, compound)), key=lambda each: each.lineno
    )


def _targets(target: ast.expr) -> Iterator[str]:
    for each in walk(target):
        if isinstance(each, ast.Name | ast.Attribute):
            yield called_name(each)


def _callers(scope: Scope) -> set[str]:
    """Return by which names what a function returns is called for: its own, and its class's."""
    found = {scope.name} - {"forward"}
    for node in walk(scope.tree):
        if isinstance(node, ast.ClassDef) and scope.node in node.body and scope.name == "forward":
            made = {node.name}
            found |= made
            for each in walk(scope.tree):
                match each:
                    case ast.Assign(targets=[target], value=ast.Call(func=func)):
                        if called_name(func) in made:
                            found |= {called_name(target)}
    return found


def _has(node: ast.AST, wanted: set[int], names: set[str]) -> bool:
    return any(
        id(each) in wanted
        or (isinstance(each, ast.Name | ast.Attribute) and called_name(each) in names)
        for each in walk(node)
    )


def _is_heavy(side: ast.expr, wanted: set[int], names: set[str], tree: ast.Module) -> bool:
    """Whether a term is multiplied by a number that is known to be above 1."""
    for each in walk(side):
        match each:
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                for factor, other in ((left, right), (right, left)):
                    if _has(other, wanted, names) and _is_above_one(factor, tree):
                        return True
    return False

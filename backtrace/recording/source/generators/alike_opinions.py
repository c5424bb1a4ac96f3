"""Losses of a judge that ask the same of what is real and of what is made."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.generators.opinion_losses import DEEPEST, number_of, origin_of
from backtrace.recording.source.last_given import LastGiven
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set

_REAL = word_set("real reals true genuine")
_FAKE = word_set("fake fakes generated gen synthetic synth")
# What is made of either, and may be asked whatever its maker likes.
_MADE_OF = word_set("rec recon recons reconstructed cycle cyc idt identity mixed interp hat")
_LOSSES = ("bce", "criterion", "loss", "cross_entropy", "binary_cross_entropy_with_logits", "gan")
_SQUARES = ("mse", "l1", "mae")
# Functions of 1 less, or more, an opinion.
_OF_ONE = {"relu": "hinge", "ReLU": "hinge", "clamp": "hinge", "log": "log"}
_POWERS = word_set("pow square")
_KEEPING = word_set("mean sum view reshape squeeze flatten stack cat float")
_OTHER_NAMES = ("contiguous", "view", "reshape", "squeeze", "flatten", "mean", "float")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_Terms = list[tuple[ast.expr, int]]


@dataclass(frozen=True)
class _Asked:
    """What a term asks of an opinion: `goal` is 1 where it should be large, -1 where small."""

    term: ast.expr
    form: str
    goal: int
    is_fake: bool


def find_alike_opinions(scope: Scope) -> Iterator[Slip]:
    """Give each term of a made one's opinion that asks what is asked of the real one beside it.

    Both stand in one block, and in one sum or in what is returned: so they are the judge's, and
    not one of them its generator's. Names tell which is which, or a `detach` of what was made.
    """
    values: LastGiven | None = None
    for block in scope.blocks:
        terms = [each for node in block for each in _terms_of(node)]
        if not any(_form_of(term) for term, _, _ in terms):
            continue
        values = values or LastGiven(scope.tree, scope.node, LastGiven(scope.tree, scope.tree))
        asked = [
            (found, holder) for term, sign, holder in terms for found in _read(term, sign, values)
        ]
        for real, kept_in in asked:
            for fake, held_by in asked:
                is_pair = fake.is_fake and not real.is_fake and fake.form == real.form
                if not is_pair or fake.goal != real.goal:
                    continue
                if _are_added(scope, kept_in, held_by):
                    told = ast.unparse(fake.term)[:LONGEST]
                    beside = ast.unparse(real.term)[:LONGEST]
                    yield Slip(fake.term.lineno, "alike", told, beside)


def _terms_of(node: ast.stmt) -> Iterator[tuple[ast.expr, int, ast.stmt]]:
    """Give the terms of what a statement gives a name, returns, or sends backward."""
    match node:
        case ast.Assign(targets=[ast.Name() | ast.Attribute()], value=value):
            root = value
        case ast.Return(value=ast.expr() as value):
            root = value
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=value, attr="backward"))):
            root = value
        case _:
            return
    for term, sign in _flat(root, 1):
        yield term, sign, node


def _flat(node: ast.expr, sign: int) -> Iterator[tuple[ast.expr, int]]:
    """Give the terms of a sum with their signs, whatever they are weighed with."""
    match node:
        case _ if _form_of(node):
            yield node, sign
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            yield from _flat(left, sign)
            yield from _flat(right, sign if isinstance(op, ast.Add) else -sign)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            yield from _flat(left, sign)
            yield from _flat(right, sign)
        case ast.BinOp(left=left, op=ast.Div()):
            yield from _flat(left, sign)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            yield from _flat(inner, -sign)
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for each in parts:
                yield from _flat(each, sign)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch")), args=[inner, *_]) if (
            called_name(node.func) in _KEEPING
        ):
            yield from _flat(inner, sign)
        case ast.Call(func=ast.Name(id="sum"), args=[inner]):
            yield from _flat(inner, sign)
        case ast.Call(func=ast.Attribute(value=inner, attr=name)) if name in _KEEPING:
            yield from _flat(inner, sign)
        case ast.Name() | ast.Attribute():
            yield node, sign


def _form_of(node: ast.expr) -> tuple[str, int, ast.expr] | None:
    """Return how a term asks for something, what for, and of what; None of other terms.

    What a loss asks for is 0 as long as its target was not read.
    """
    match node:
        case ast.Call(func=func, args=[said, *_]) if _is_loss(node):
            return ast.unparse(func), 0, said
        case ast.Call(func=ast.Attribute(value=inner, attr="relu" | "square" as name), args=[]):
            return _form_of_call(name, inner)
        case ast.Call(func=ast.Attribute(value=inner, attr="pow"), args=[ast.Constant(value=2)]):
            return _form_of_call("pow", inner)
        case ast.Call(func=func, args=[inner, *_]):
            return _form_of_call(_name_of(func), inner)
        case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=2)):
            return _form_of_call("pow", left)
    return None


def _form_of_call(name: str, inner: ast.expr) -> tuple[str, int, ast.expr] | None:
    """Return the form that a function gives to what it is called on."""
    match inner:
        case ast.BinOp(left=left, op=ast.Add(), right=ast.Constant() | ast.Name()) if name == "log":
            return _form_of_call(name, left)  # a little more than 0 is no matter
        case ast.BinOp(
            left=ast.Constant(value=1 | 1.0), op=ast.Sub() | ast.Add() as op, right=said
        ):
            form, goal = _OF_ONE.get(name, ""), 1 if isinstance(op, ast.Sub) else -1
        case ast.BinOp(left=said, op=ast.Sub(), right=ast.Constant(value=1)):
            form, goal = "square" if name in _POWERS else "", 1
        case ast.UnaryOp(op=ast.USub(), operand=said):
            form, goal = "softplus" if name == "softplus" else "", 1
        case ast.Name() | ast.Call():
            form, goal, said = name if name in {"softplus", "log"} else "", -1, inner
        case _:
            form, goal, said = "", 0, inner
    return (form, goal, said) if form else None


def _name_of(func: ast.expr) -> str:
    """Return the name of a function, and of the layer that `nn.ReLU()(...)` makes and calls."""
    return called_name(func.func if isinstance(func, ast.Call) else func)


def _is_loss(node: ast.Call) -> bool:
    """Whether a call of an opinion and a target has the name of a loss."""
    words = {word.arg for word in node.keywords} - {"reduction"}
    name = _name_of(node.func).lower()
    is_full = len(node.args) + len(words) == 2 and words <= {"target"}
    return is_full and any(each in name for each in (*_LOSSES, *_SQUARES))


def _read(term: ast.expr, sign: int, values: LastGiven) -> Iterator[_Asked]:
    found = _form_of(term)
    if found is None:
        return
    form, goal, said = found
    if isinstance(term, ast.Call) and goal == 0:
        target = term.args[1] if len(term.args) > 1 else term.keywords[0].value
        target = next((word.value for word in term.keywords if word.arg == "target"), target)
        goal = _goal_of(number_of(target, values, DEEPEST))
        if goal < 0 and any(each in form.lower() for each in _SQUARES):
            return  # scores that are held near 0, which may be meant
    side = _side_of(said, values)
    if goal and side is not None:
        yield _Asked(term, form, goal * sign, side)


def _goal_of(number: float | None) -> int:
    if number is None or number == 0.5:
        return 0
    return 1 if number > 0.5 else -1


def _side_of(said: ast.expr, values: LastGiven) -> bool | None:
    """Return whether an opinion is of what is made, False of what is real; None of neither."""
    said = _unshaped(said)
    given = _unshaped(values.follow(said))
    if isinstance(given, ast.UnaryOp | ast.BinOp):
        return None  # it is turned round before
    of_name = _side_of_name(said)
    if of_name is not None or not isinstance(given, ast.Call) or not given.args:
        return of_name
    of_arguments = {_side_of_name(_undetached(each)) for each in given.args} - {None}
    if of_arguments:
        return True in of_arguments if len(of_arguments) == 1 else None
    _, maker, is_detached = origin_of(given.args[0], values)
    return True if maker and is_detached else None


def _side_of_name(node: ast.expr) -> bool | None:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            words = {word.lower() for word in _WORDS.findall(name)}
            if words & _MADE_OF or bool(words & _REAL) == bool(words & _FAKE):
                return None
            return bool(words & _FAKE)
    return None


def _undetached(node: ast.expr) -> ast.expr:
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr="detach")):
            return inner
    return node


def _unshaped(node: ast.expr) -> ast.expr:
    """Return what is brought to another shape, or is one of several outputs."""
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr=name)) if name in _OTHER_NAMES:
            return _unshaped(inner)
        case ast.Subscript(value=inner):
            return _unshaped(inner)
    return node


def _are_added(scope: Scope, one: ast.stmt, other: ast.stmt) -> bool:
    """Whether two terms stand in one statement, or both names of theirs in one sum."""
    if one is other:
        return True
    names = [ast.unparse(each.targets[0]) for each in (one, other) if isinstance(each, ast.Assign)]
    if len(set(names)) != 2:
        return False
    for node in scope.statements():
        signs = {ast.unparse(term): sign for term, sign, _ in _terms_of(node)}
        if all(name in signs for name in names):
            return signs[names[0]] == signs[names[1]]
    return False
